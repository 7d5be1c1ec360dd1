with thresholds as (
    select * from {{ source('reference', 'thresholds') }}
)

select
    name as threshold_name,
    coalesce(cast(since as date), date '0001-01-01') as since_date,
    coalesce(cast(until as date), date '9999-12-31') as until_date,
    cast(value as decimal(18, 6)) as threshold_value,
    unit,
    what_zh as threshold_text,
    basis
from thresholds
