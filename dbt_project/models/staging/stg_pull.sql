with pulls as (
    select * from {{ source('register', 'pull') }}
)

select
    source_name,
    channel,
    department_code,
    dataset,
    looked_at,
    is_reached,
    new_deliveries,
    refused_deliveries,
    reason
from pulls
