with runs as (
    select * from {{ source('register', 'run') }}
)

select
    as_of_date,
    rules_version,
    reference_version
from runs
