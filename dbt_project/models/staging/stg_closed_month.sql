with closed_months as (
    select * from {{ source('register', 'closed_month') }}
)

select
    month_date,
    target_id,
    reading,
    period,
    department_code,
    task_split,
    task_unit_code,
    task_version,
    task_document,
    amount,
    publication_id,
    closed_at
from closed_months
