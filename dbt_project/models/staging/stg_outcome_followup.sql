with accepted as (
    select * from {{ source('accepted', 'outcome_followup') }}
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
    class_id,
    check_month,
    check_date,
    is_employed,
    employer_uscc as employer_key,
    has_started_business,
    is_still_operating,
    source as source_code,
    birth_year,
    home_province as home_province_code
from accepted
