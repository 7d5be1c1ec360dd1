with accepted as (
    select * from {{ source('accepted', 'support_service') }}
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
    service_type as service_type_code,
    service_date,
    person_category as person_category_codes,
    provider as provider_name,
    edu_level as education_code,
    school as school_name,
    enrol_year,
    support_amount as support_amount_fen
from accepted
