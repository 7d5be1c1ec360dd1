with codes as (
    select * from {{ source('reference', 'codelists') }}
)

select
    code as special_action_code,
    name as special_action_name
from codes
where list = 'special_action'
