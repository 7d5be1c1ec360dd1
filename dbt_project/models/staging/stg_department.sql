with departments as (
    select * from {{ source('reference', 'departments') }}
)

select
    code as department_code,
    full_name,
    short_name,
    clauses,
    cast({{ file_position() }} as integer) as department_order
from departments
