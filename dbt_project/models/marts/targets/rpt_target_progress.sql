with target_periods as (
    select * from {{ ref('int_target_period') }}
),

figures as (
    select * from {{ ref('int_target_figure') }}
),

standings as (
    select * from {{ ref('int_target_standing') }}
),

paces as (
    select * from {{ ref('int_target_pace') }}
),

judged as (
    select
        target_periods.*,
        figures.as_of_date,
        figures.reported_until_date,
        figures.is_reported,
        figures.actual,
        figures.opening_balance,
        figures.totals_only,
        coalesce(
            figures.is_reached,
            case
                when target_periods.is_exact_quota then figures.actual = target_periods.threshold
                when target_periods.comparator = '>' then figures.actual > target_periods.threshold
                else figures.actual >= target_periods.threshold
            end
        ) as is_met,
        target_periods.is_opening_missing
        and target_periods.period_start_date <= date '{{ policy_value('opening_balance_period') }}-01'
            as lacks_opening_balance,
        {{ days_between('target_periods.period_start_date', 'target_periods.period_end_date') }} + 1 as period_days,
        greatest(0, {{ days_between('target_periods.period_start_date', 'figures.reported_until_date') }} + 1)
            as days_reported
    from target_periods
    inner join figures
        on {{ same_target_period('target_periods', 'figures') }}
),

timed as (
    select
        *,
        least(days_reported, period_days) as days_elapsed,
        least(days_reported, period_days) * 1.0 / period_days as elapsed_share
    from judged
)

select
    timed.target_id,
    timed.reading,
    timed.period,
    timed.period_start_date,
    timed.period_end_date,
    timed.as_of_date,
    timed.reported_until_date,
    timed.actual,
    timed.opening_balance,
    timed.totals_only,
    timed.threshold,
    timed.comparator,
    timed.unit,
    {{ floor_share('timed.actual', 'timed.threshold') }} as progress_share,
    -- Met is met; over an exact quota is missed; without a whole figure no status; out of time is missed; ratios have
    -- no pace; all else goes by the days gone.
    case
        when timed.is_met then 'met'
        when timed.is_exact_quota and timed.actual > timed.threshold then 'missed'
        when timed.actual is null or not timed.is_reported or timed.lacks_opening_balance then null
        when timed.as_of_date > timed.period_end_date and timed.reported_until_date >= timed.period_end_date
            then 'missed'
        when timed.is_ratio then 'behind'
        when
            timed.actual >= timed.threshold * timed.elapsed_share * {{ policy_value('pace_ahead') }}
            and timed.actual > 0
            then 'ahead'
        when timed.actual >= timed.threshold * timed.elapsed_share * {{ policy_value('pace_on_track') }} then 'on_track'
        else 'behind'
    end as status,
    -- Decision 9: a closed year is final until its figure moves; all else is confirmed when all that was due is in.
    case
        when
            standings.is_closed
            and coalesce(
                timed.actual = standings.closed_actual, timed.actual is null and standings.closed_actual is null
            )
            then 'final'
        when standings.is_closed then 'revised'
        when standings.is_complete then 'confirmed'
        else 'preliminary'
    end as figure_state,
    standings.confirmed_share,
    cast(timed.days_elapsed as integer) as days_elapsed,
    cast(timed.elapsed_share as decimal(18, 6)) as elapsed_share,
    paces.pace_needed,
    paces.pace_reached,
    paces.projected_actual,
    paces.projected_low,
    paces.projected_high,
    coalesce(standings.due_submissions, 0) as due_submissions,
    coalesce(standings.received_submissions, 0) as received_submissions,
    {{ floor_share('coalesce(standings.received_submissions, 0)', 'coalesce(standings.due_submissions, 0)') }}
        as received_share,
    standings.warned_rows,
    standings.disputed_rows,
    coalesce(standings.disputed_totals, 0) as disputed_totals
from timed
left join standings
    on {{ same_target_period('timed', 'standings') }}
left join paces
    on {{ same_target_period('timed', 'paces') }}
