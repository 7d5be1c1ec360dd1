with accepted as (
    select * from {{ source('accepted', 'publicity') }}
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
    activity_id,
    activity_name,
    publicity_kind as publicity_kind_code,
    start_date,
    end_date,
    channel,
    piece_count,
    audience_count,
    host_name
from accepted
