with components as (
    select * from {{ source('reference', 'quality_components') }}
)

select
    kind as quality_kind,
    component,
    coalesce(cast(since as date), date '0001-01-01') as since_date,
    coalesce(cast(until as date), date '9999-12-31') as until_date,
    cast(weight as decimal(18, 6)) as weight,
    cast(check_month as integer) as check_month,
    what_zh as component_text,
    basis
from components
