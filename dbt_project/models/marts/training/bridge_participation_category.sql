with participations as (
    select * from {{ ref('int_participation') }}
),

codes as (
    select
        code,
        case
            when code in {{ literals(policy_codes('sensitive_category_code')) }} then 'S'
            else code
        end as category_code
    from {{ source('reference', 'codelists') }}
    where list = 'person_category'
)

select distinct
    participations.participation_key,
    codes.category_code
from participations
inner join codes
    on {{ holds_code('participations.person_category_codes', 'codes.code') }}
