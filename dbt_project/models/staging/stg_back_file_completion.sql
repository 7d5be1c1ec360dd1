with completions as (
    select * from {{ source('register', 'back_file_completion') }}
)

select
    unit_code,
    dataset,
    signed_at
from completions
