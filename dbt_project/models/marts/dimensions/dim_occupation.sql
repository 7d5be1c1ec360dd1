with occupations as (
    select * from {{ source('reference', 'occupations_2022') }}
),

-- The occupations that the plan names, each under one of its special actions.
named as (
    select * from {{ source('reference', 'plan_occupations') }}
)

select
    occupations.code as occupation_code,
    occupations.name as occupation_name,
    occupations.major_code,
    occupations.major_name,
    occupations.middle_code,
    occupations.middle_name,
    occupations.minor_code,
    occupations.minor_name,
    occupations.is_digital = '1' as is_digital,
    occupations.is_green = '1' as is_green,
    occupations.vintage,
    named.special_action as special_action_code
from occupations
left join named on occupations.code = named.code
