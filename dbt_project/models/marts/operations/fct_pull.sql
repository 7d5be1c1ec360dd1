with pulls as (
    select * from {{ ref('stg_pull') }}
),

-- Looks in a row at which a source was not reached share the number of looks before them at which it was.
stretches as (
    select
        *,
        sum(case when is_reached then 1 else 0 end) over (
            partition by source_name, department_code, dataset
            order by looked_at nulls last
            rows between unbounded preceding and current row
        ) as reached_before
    from pulls
),

told as (
    select
        *,
        min(case when not is_reached then looked_at end) over (
            partition by source_name, department_code, dataset, reached_before
        ) as away_since
    from stretches
)

select
    source_name,
    channel,
    department_code,
    dataset,
    {{ local_date('looked_at') }} as event_date,
    looked_at,
    case
        when not is_reached then 'unreachable'
        when new_deliveries > 0 then 'new'
        else 'unchanged'
    end as state,
    new_deliveries,
    refused_deliveries,
    case when not is_reached then away_since end as unreachable_since,
    reason
from told
