with curves as (
    select * from {{ source('reference', 'target_curves') }}
)

select
    target_id,
    period,
    document,
    cast(month_end as date) as month_end_date,
    cast(cumulative_share as decimal(18, 4)) as cumulative_share,
    cast(from_date as date) as from_date
from curves
