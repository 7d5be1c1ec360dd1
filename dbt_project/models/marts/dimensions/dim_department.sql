with departments as (
    select * from {{ ref('stg_department') }}
)

select
    department_code,
    full_name,
    short_name,
    clauses,
    department_order
from departments
