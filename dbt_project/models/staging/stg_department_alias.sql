with aliases as (
    select * from {{ source('reference', 'department_aliases') }}
)

select
    alias as alias_name,
    department as department_code
from aliases
