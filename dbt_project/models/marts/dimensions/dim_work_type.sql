with occupations as (
    select * from {{ source('reference', 'plan_occupations') }}
),

work_types as (
    select
        code,
        vintage,
        {{ parts_of('work_types', '|') }} as work_type_name
    from occupations
)

select distinct
    code as occupation_code,
    work_type_name,
    vintage
from work_types
where work_type_name <> ''
