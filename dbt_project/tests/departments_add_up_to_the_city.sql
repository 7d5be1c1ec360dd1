-- Counts of events: what departments are credited with is the city's figure less the two components.
with progress as (
    select
        target_id,
        reading,
        period,
        actual - opening_balance - totals_only as counted
    from {{ ref('rpt_target_progress') }}
    where target_id in ('T01', 'T02', 'T03', 'T06', 'T07', 'T08', 'T09', 'T11', 'T12', 'T13', 'T14')
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
