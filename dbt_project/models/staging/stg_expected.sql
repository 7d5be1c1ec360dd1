with expected as (
    select * from {{ source('register', 'expected') }}
)

select
    department_code,
    unit_code,
    dataset,
    period,
    cadence,
    period_start_date,
    period_end_date,
    due_date,
    is_owed
from expected
