with targets as (
    select * from {{ ref('stg_target') }}
)

select
    target_id,
    title,
    clause,
    quote,
    unit,
    comparator,
    threshold,
    period_text,
    responsible_departments,
    target_order
from targets
