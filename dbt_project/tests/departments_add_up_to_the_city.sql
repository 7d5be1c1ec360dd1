{{ config(group='targets') }}
-- Counts of events: what departments are credited with is the city's figure less the two components.
-- Small pieces of sensitive groups are hidden, persons counted once in the city.
with progress as (
    select
        progress.target_id,
        progress.reading,
        progress.period,
        progress.actual - progress.opening_balance - progress.totals_only as counted
    from {{ ref('rpt_target_progress') }} as progress
    inner join {{ ref('int_target_period') }} as target_periods
        on {{ same_target_period('progress', 'target_periods') }}
    where target_periods.measure = 'events' and not target_periods.is_sensitive
),

departments as (
    select
        target_id,
        reading,
        period,
        sum(actual) as counted
    from {{ ref('rpt_target_breakdown') }}
    where breakdown = 'department'
    group by target_id, reading, period
)

select
    progress.target_id,
    progress.reading,
    progress.period
from progress
left join departments
    on
        progress.target_id = departments.target_id
        and progress.reading = departments.reading
        and progress.period = departments.period
where progress.counted <> coalesce(departments.counted, 0)
