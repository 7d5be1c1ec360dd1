with accepted as (
    select * from {{ source('accepted', 'course') }}
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
    course_id,
    course_name,
    course_kind as course_kind_code,
    special_action as special_action_code,
    occupation_code,
    developer_name,
    developer_uscc,
    course_hours,
    published_date,
    document,
    status as status_code
from accepted
