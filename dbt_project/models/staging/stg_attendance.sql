with accepted as (
    select * from {{ source('accepted', 'attendance') }}
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
    person_key,
    session_date,
    session_start as session_start_time,
    session_end as session_end_time,
    check_method as check_method_code,
    hours as session_hours,
    valid as is_valid,
    birth_year,
    home_province as home_province_code
from accepted
