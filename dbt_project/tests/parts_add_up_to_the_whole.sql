{{ config(group='targets') }}
-- Counts of events: pieces by department, by district and, where a target has parts, by part add up to the figure, and
-- so do their components. Small pieces of sensitive groups are hidden, persons counted once in the city.
with progress as (
    select
        progress.target_id,
        progress.reading,
        progress.period,
        progress.actual,
        progress.opening_balance,
        progress.totals_only
    from {{ ref('rpt_target_progress') }} as progress
    inner join {{ ref('int_target_period') }} as target_periods
        on {{ same_target_period('progress', 'target_periods') }}
    where target_periods.measure = 'events' and not target_periods.is_sensitive
),

breakdowns as (
    select distinct
        target_id,
        reading,
        breakdown
    from {{ ref('rpt_target_breakdown') }}
),

pieces as (
    select
        target_id,
        reading,
        period,
        breakdown,
        sum(actual) as actual,
        sum(opening_balance) as opening_balance,
        sum(totals_only) as totals_only
    from {{ ref('rpt_target_breakdown') }}
    group by target_id, reading, period, breakdown
)

select
    progress.target_id,
    progress.reading,
    progress.period,
    breakdowns.breakdown
from progress
inner join breakdowns
    on progress.target_id = breakdowns.target_id and progress.reading = breakdowns.reading
left join pieces
    on {{ same_target_period('progress', 'pieces') }} and breakdowns.breakdown = pieces.breakdown
where
    coalesce(progress.actual, 0) <> coalesce(pieces.actual, 0)
    or progress.opening_balance <> coalesce(pieces.opening_balance, 0)
    or progress.totals_only <> coalesce(pieces.totals_only, 0)
