with accepted as (
    select * from {{ source('accepted', 'certificate') }}
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
    person_key,
    sex as sex_code,
    birth_year,
    home_province as home_province_code,
    cert_type as certificate_type_code,
    certificate_key,
    certificate_org_code,
    occupation_code,
    occupation_name,
    skill_level as skill_level_code,
    issuer_name,
    issuer_uscc,
    issue_date,
    valid_until as valid_until_date,
    review_date,
    class_id,
    assess_mode as assess_mode_code,
    recognition_ground as recognition_ground_code,
    status as status_code
from accepted
