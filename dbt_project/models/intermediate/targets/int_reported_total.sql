with totals as (
    select
        *,
        {{ district_of('unit_code') }} as unit_district_key,
        dimension is null and coalesce(district_key, {{ district_of('unit_code') }}) = {{ district_of('unit_code') }}
            as is_own_total
    from {{ ref('stg_aggregate_summary') }}
),

newest as (
    {{ newest_per_key('totals', 'aggregate_summary') }}
),

-- A unit's own total is the row without a group and of its own area; only where it gives none do its districts add up.
marked as (
    select
        *,
        bool_or(is_own_total) over (partition by unit_code, metric_id, period) as has_own_total
    from newest
)

select
    {{ row_key('marked') }} as reported_total_key,
    *,
    is_own_total or (dimension is null and not has_own_total) as is_unit_total
from marked
