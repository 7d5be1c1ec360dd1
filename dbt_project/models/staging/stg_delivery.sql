with deliveries as (
    select * from {{ source('register', 'delivery') }}
)

select
    delivery_order,
    channel,
    department_code,
    unit_code,
    dataset,
    period,
    received_at,
    sender_modified_at,
    submission_id,
    problem
from deliveries
