with accepted as (
    select * from {{ source('accepted', 'training_class') }}
)

select
    submission_id,
    row_index,
    row_number,
    delivery_order,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    class_id,
    class_name,
    org_uscc as institution_uscc,
    org_name as institution_name,
    project_type as training_type_code,
    special_action as special_action_code,
    programs as program_codes,
    occupation_code,
    occupation_name,
    skill_level as skill_level_code,
    training_mode as training_mode_code,
    class_mode as class_mode_code,
    start_date,
    end_date,
    planned_hours,
    planned_persons as planned_person_count,
    venue_district as venue_district_key,
    funding_source as funding_source_code,
    is_public_welfare,
    fee_charged as is_fee_charged,
    competent_dept as competent_department_code,
    filing_no as filing_id
from accepted
