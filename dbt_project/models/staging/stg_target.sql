with targets as (
    select * from {{ source('reference', 'targets') }}
)

select
    id as target_id,
    title,
    clause,
    quote,
    unit,
    comparator,
    cast(threshold as decimal(18, 4)) as threshold,
    period as period_text,
    departments as responsible_departments,
    lead as lead_department_code,
    cast({{ file_position() }} as integer) as target_order
from targets
