with codes as (
    select * from {{ source('reference', 'codelists') }}
),

names as (
    select * from {{ source('reference', 'code_names') }}
),

targets as (
    select * from {{ source('reference', 'targets') }}
),

industries as (
    select * from {{ source('reference', 'gbt4754_2017') }}
),

listed as (
    select
        list as code_list,
        code,
        name as code_name,
        cast(null as string) as own_name_en
    from codes
    union all
    select 'metric', id, title, metric from targets
    union all
    select 'gbt4754_2017', code, name, null from industries
    union all
    -- The one group under which the categories of sensitive persons are published.
    select 'person_category', 'S', '敏感群体', 'Sensitive groups'
)

select
    listed.code_list,
    listed.code,
    listed.code_name,
    coalesce(names.name_en, listed.own_name_en) as code_name_en,
    cast(names.since as date) as valid_from_date,
    cast(names.until as date) as valid_to_date
from listed
left join names on listed.code_list = names.list and listed.code = names.code
