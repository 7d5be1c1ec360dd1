with finals as (
    select * from {{ source('register', 'final') }}
)

select
    target_id,
    reading,
    period,
    actual,
    publication_id,
    decided_at
from finals
