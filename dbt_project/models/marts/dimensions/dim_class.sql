with classes as (
    select * from {{ ref('int_class') }}
)

select
    class_id as class_key,
    submission_id,
    row_number,
    department_code,
    unit_code,
    class_name,
    institution_key,
    institution_name,
    training_type_code,
    special_action_code,
    program_codes,
    occupation_code,
    occupation_name,
    skill_level_code,
    training_mode_code,
    class_mode_code,
    start_date,
    end_date,
    planned_hours,
    planned_person_count,
    venue_district_key,
    funding_source_code,
    is_public_welfare,
    is_fee_charged,
    competent_department_code,
    filing_id,
    is_institution_known,
    is_headline_funded
from classes
