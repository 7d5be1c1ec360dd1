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

standings as (
    select * from {{ ref('int_target_standing') }}
),

paces as (
    select * from {{ ref('int_target_pace') }}
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
        case
            when periods.is_distinct_person then count(distinct contributions.person_key)
            else count(*)
        end as counted
    from periods
    inner join contributions
        on
            periods.target_id = contributions.target_id
            and periods.reading = contributions.reading
            and contributions.event_date between periods.period_start_date and periods.period_end_date
    group by periods.target_id, periods.reading, periods.period, periods.is_distinct_person
),

figures as (
    select
        periods.*,
        measures.is_reached,
        cast(coalesce(components.opening_balance, 0) as decimal(18, 4)) as opening_balance,
        cast(coalesce(components.totals_only, 0) as decimal(18, 4)) as totals_only,
        standings.confirmed_share,
        coalesce(standings.due_submissions, 0) as due_submissions,
        coalesce(standings.received_submissions, 0) as received_submissions,
        standings.warned_rows,
        standings.disputed_rows,
        coalesce(standings.disputed_totals, 0) as disputed_totals,
        paces.pace_needed,
        paces.pace_reached,
        paces.projected_actual,
        paces.projected_low,
        paces.projected_high,
        coalesce(standings.is_closed, false) as is_closed,
        standings.closed_actual,
        coalesce(standings.is_complete, false) as is_complete,
        coalesce(periods.reported_until_date >= periods.period_start_date, false) as is_reported,
        periods.is_opening_missing
        and periods.period_start_date <= date '{{ policy_value('opening_balance_period') }}-01'
            as lacks_opening_balance,
        cast(
            case
                when periods.is_ratio then measures.actual
                -- What cannot have been reported yet is unknown, not 0.
                when
                    not coalesce(periods.reported_until_date >= periods.period_start_date, false)
                    and coalesce(counts.counted, measures.actual, components.opening_balance, components.totals_only)
                    is null
                    then null
                else
                    coalesce(counts.counted, 0) + coalesce(measures.actual, 0)
                    + coalesce(components.opening_balance, 0) + coalesce(components.totals_only, 0)
            end as decimal(18, 4)
        ) as actual
    from periods
    left join counts
        on {{ same_target_period('periods', 'counts') }}
    left join measures
        on {{ same_target_period('periods', 'measures') }}
    left join components
        on {{ same_target_period('periods', 'components') }}
    left join standings
        on {{ same_target_period('periods', 'standings') }}
    left join paces
        on {{ same_target_period('periods', 'paces') }}
),

judged as (
    select
        *,
        coalesce(
            is_reached,
            case
                when is_exact_quota then actual = threshold
                when comparator = '>' then actual > threshold
                else actual >= threshold
            end
        ) as is_met,
        {{ days_between('period_start_date', 'period_end_date') }} + 1 as period_days,
        greatest(0, {{ days_between('period_start_date', 'reported_until_date') }} + 1) as days_reported
    from figures
),

timed as (
    select
        *,
        least(days_reported, period_days) as days_elapsed,
        least(days_reported, period_days) * 1.0 / period_days as elapsed_share
    from judged
)

select
    target_id,
    reading,
    period,
    period_start_date,
    period_end_date,
    as_of_date,
    reported_until_date,
    actual,
    opening_balance,
    totals_only,
    threshold,
    comparator,
    unit,
    {{ floor_share('actual', 'threshold') }} as progress_share,
    -- Met is met; over an exact quota is missed; without a whole figure no status; out of time is missed; ratios have
    -- no pace; all else goes by the days gone.
    case
        when is_met then 'met'
        when is_exact_quota and actual > threshold then 'missed'
        when actual is null or not is_reported or lacks_opening_balance then null
        when as_of_date > period_end_date and reported_until_date >= period_end_date then 'missed'
        when is_ratio then 'behind'
        when actual >= threshold * elapsed_share * {{ policy_value('pace_ahead') }} and actual > 0 then 'ahead'
        when actual >= threshold * elapsed_share * {{ policy_value('pace_on_track') }} then 'on_track'
        else 'behind'
    end as status,
    -- Decision 9: a closed year is final until its figure moves; all else is confirmed when all that was due is in.
    case
        when is_closed and coalesce(actual = closed_actual, actual is null and closed_actual is null) then 'final'
        when is_closed then 'revised'
        when is_complete then 'confirmed'
        else 'preliminary'
    end as figure_state,
    confirmed_share,
    cast(days_elapsed as integer) as days_elapsed,
    cast(elapsed_share as decimal(18, 6)) as elapsed_share,
    pace_needed,
    pace_reached,
    projected_actual,
    projected_low,
    projected_high,
    due_submissions,
    received_submissions,
    {{ floor_share('received_submissions', 'due_submissions') }} as received_share,
    warned_rows,
    disputed_rows,
    disputed_totals
from timed
