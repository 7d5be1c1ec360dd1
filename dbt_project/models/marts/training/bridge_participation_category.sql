with participations as (
    select * from {{ ref('int_participation') }}
    where person_category_codes is not null
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
),

-- Many share the same few combinations.
categories as (
    select distinct
        listed.person_category_codes,
        codes.category_code
    from (select distinct person_category_codes from participations) as listed
    inner join codes
        on {{ holds_code('listed.person_category_codes', 'codes.code') }}
)

select
    participations.participation_key,
    categories.category_code
from participations
inner join categories on participations.person_category_codes = categories.person_category_codes
