with accepted as (
    select * from {{ source('accepted', 'enterprise_register') }}
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
    uscc as enterprise_key,
    employer_name as enterprise_name,
    register_kind as register_kind_code,
    hazard_type as hazard_type_code,
    industry_code,
    district as district_key,
    employees as employee_count,
    as_of as register_date
from accepted
