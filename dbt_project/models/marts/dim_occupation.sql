with occupations as (
    select * from {{ source('reference', 'occupations_2022') }}
)

select
    code as occupation_code,
    name as occupation_name,
    major_code,
    major_name,
    middle_code,
    middle_name,
    minor_code,
    minor_name,
    is_digital = '1' as is_digital,
    is_green = '1' as is_green,
    vintage
from occupations
