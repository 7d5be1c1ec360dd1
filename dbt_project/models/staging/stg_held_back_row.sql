with held_back_rows as (
    select * from {{ source('register', 'held_back_row') }}
)

select
    submission_id,
    row_index,
    test_names
from held_back_rows
