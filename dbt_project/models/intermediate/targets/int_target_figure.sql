-- The figure of each target, reading and period, what it is made of, and until when its reports are due.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

-- Lists of a whole year come after its end: they tell of the years that were due, not of the one that runs.
yearly_feeds as (
    select * from {{ ref('int_dataset_due') }}
    where cadence = 'yearly'
),

runs as (
    select * from {{ ref('stg_run') }}
),

contributions as (
    select * from {{ ref('int_target_contribution') }}
),

measures as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        bool_and(measured.is_reached) as is_reached,
        case
            when target_periods.is_ratio then {{ floor_percent('sum(measured.amount)', 'sum(measured.base_amount)') }}
            else cast(sum(measured.amount) as decimal(18, 4))
        end as actual
    from target_periods
    inner join {{ ref('int_target_measure') }} as measured
        on {{ same_target_period('target_periods', 'measured') }}
    group by target_periods.target_id, target_periods.reading, target_periods.period, target_periods.is_ratio
),

components as (
    select
        target_id,
        reading,
        period,
        sum(opening_balance) as opening_balance,
        sum(totals_only) as totals_only
    from {{ ref('int_target_component') }}
    group by target_id, reading, period
),

periods as (
    select
        target_periods.*,
        runs.as_of_date,
        case when yearly_feeds.dataset is null then runs.as_of_date else yearly_feeds.reported_until_date end
            as reported_until_date
    from target_periods
    cross join runs
    left join yearly_feeds on target_periods.source_text = yearly_feeds.dataset
),

counts as (
    select
        periods.target_id,
        periods.reading,
        periods.period,
        cast(sum(months.counted) as bigint) as counted
    from periods
    inner join {{ ref('int_target_count') }} as months
        on
            periods.target_id = months.target_id
            and periods.reading = months.reading
            and months.month_date between periods.period_start_date and periods.period_end_date
    where not periods.is_distinct_person
    group by periods.target_id, periods.reading, periods.period
    union all
    select periods.target_id, periods.reading, periods.period, count(distinct contributions.person_key)
    from periods
    inner join contributions
        on
            periods.target_id = contributions.target_id
            and periods.reading = contributions.reading
            and contributions.event_date between periods.period_start_date and periods.period_end_date
    where periods.is_distinct_person
    group by periods.target_id, periods.reading, periods.period
),

figures as (
    select
        periods.*,
        measures.is_reached,
        components.opening_balance,
        components.totals_only,
        coalesce(periods.reported_until_date >= periods.period_start_date, false) as is_reported,
        coalesce(counts.counted, measures.actual, components.opening_balance, components.totals_only) is not null
            as has_data,
        case
            when periods.is_ratio then measures.actual
            else
                coalesce(counts.counted, 0) + coalesce(measures.actual, 0)
                + coalesce(components.opening_balance, 0) + coalesce(components.totals_only, 0)
        end as actual
    from periods
    left join counts
        on {{ same_target_period('periods', 'counts') }}
    left join measures
        on {{ same_target_period('periods', 'measures') }}
    left join components
        on {{ same_target_period('periods', 'components') }}
)

select
    target_id,
    reading,
    period,
    as_of_date,
    reported_until_date,
    is_reported,
    is_reached,
    cast(coalesce(opening_balance, 0) as decimal(18, 4)) as opening_balance,
    cast(coalesce(totals_only, 0) as decimal(18, 4)) as totals_only,
    -- What cannot have been reported yet is unknown, not 0.
    cast(case when is_ratio or is_reported or has_data then actual end as decimal(18, 4)) as actual
from figures
