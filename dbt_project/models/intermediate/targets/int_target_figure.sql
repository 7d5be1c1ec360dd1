-- The figure of each target, reading and period, and what it is made of.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

clocks as (
    select * from {{ ref('int_target_clock') }}
),

measures as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        bool_and(measured.is_reached) as is_reached,
        -- Of what holds on a day, the day of which the newest report tells: places have none but their directory's.
        max(case when target_periods.is_ratio then measured.event_date else submissions.period_end_date end)
            as figure_date,
        case
            when target_periods.is_ratio then {{ floor_percent('sum(measured.amount)', 'sum(measured.base_amount)') }}
            else cast(sum(measured.amount) as decimal(18, 4))
        end as actual
    from target_periods
    inner join {{ ref('int_target_measure') }} as measured
        on {{ same_target_period('target_periods', 'measured') }}
    left join {{ ref('stg_submission') }} as submissions on measured.submission_id = submissions.submission_id
    group by target_periods.target_id, target_periods.reading, target_periods.period, target_periods.is_ratio
),

components as (
    select
        target_id,
        reading,
        period,
        sum(opening_balance) as opening_balance,
        sum(totals_only) as totals_only,
        {{ floor_share('sum(verified)', 'sum(declared)') }} as balance_verified_share
    from {{ ref('int_target_component') }}
    group by target_id, reading, period
),

periods as (
    select
        target_periods.*,
        clocks.cut_off_date is not null as is_reported
    from target_periods
    inner join clocks
        on {{ same_target_period('target_periods', 'clocks') }}
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
    inner join {{ ref('int_target_contribution') }} as contributions
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
        measures.figure_date,
        components.opening_balance,
        components.totals_only,
        components.balance_verified_share,
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
    is_reached,
    figure_date,
    cast(coalesce(opening_balance, 0) as decimal(18, 4)) as opening_balance,
    cast(coalesce(totals_only, 0) as decimal(18, 4)) as totals_only,
    balance_verified_share,
    -- What nobody had to report yet and nobody did is unknown, not 0.
    cast(case when is_ratio or is_reported or has_data then actual end as decimal(18, 4)) as actual
from figures
