with signals as (
    select * from {{ source('register', 'signal') }}
)

select
    signal_id,
    state as state_code,
    facts_digest,
    reason as state_reason,
    decided_at
from signals
