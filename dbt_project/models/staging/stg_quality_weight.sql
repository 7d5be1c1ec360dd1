with weights as (
    select * from {{ source('reference', 'quality_weights') }}
)

select
    indicator,
    cast(weight as decimal(18, 6)) as weight,
    what_zh as indicator_text,
    basis
from weights
