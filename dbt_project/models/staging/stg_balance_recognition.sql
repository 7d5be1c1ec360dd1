with recognitions as (
    select * from {{ source('register', 'balance_recognition') }}
)

select
    unit_code,
    target_id,
    declared,
    document,
    recognised_at
from recognitions
