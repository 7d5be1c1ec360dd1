with target_periods as (
    select * from {{ ref('int_target_period') }}
),

figures as (
    select * from {{ ref('int_target_figure') }}
),

clocks as (
    select * from {{ ref('int_target_clock') }}
),

paces as (
    select * from {{ ref('int_target_pace') }}
),

standings as (
    select * from {{ ref('int_target_standing') }}
),

missing_units as (
    select
        target_id,
        reading,
        period,
        {{ joined('unit_code') }} as missing_unit_codes
    from {{ ref('int_target_missing_unit') }}
    where is_weighty
    group by target_id, reading, period
),

judged as (
    select
        target_periods.*,
        clocks.as_of_date,
        clocks.cut_off_date,
        clocks.is_over,
        clocks.is_paced,
        clocks.expected_share,
        figures.figure_date,
        figures.actual,
        figures.opening_balance,
        figures.totals_only,
        figures.balance_verified_share,
        -- A list of a whole year has no months: all of it is at the cut-off.
        case
            when clocks.is_on_clock and clocks.cut_off_date is not null
                then coalesce(paces.actual_at_cut_off, figures.actual)
        end as actual_at_cut_off,
        paces.pace_ratio,
        missing_units.missing_unit_codes,
        {{ meets_target('figures', 'target_periods') }} as is_met,
        target_periods.is_opening_missing
        and target_periods.period_start_date <= date '{{ policy_value('opening_balance_period') }}-01'
            as lacks_opening_balance
    from target_periods
    inner join figures
        on {{ same_target_period('target_periods', 'figures') }}
    inner join clocks
        on {{ same_target_period('target_periods', 'clocks') }}
    left join paces
        on {{ same_target_period('target_periods', 'paces') }}
    left join missing_units
        on {{ same_target_period('target_periods', 'missing_units') }}
)

select
    judged.target_id,
    judged.reading,
    judged.period, judged.period_start_date, judged.period_end_date, judged.period_kind,
    judged.as_of_date,
    judged.cut_off_date,
    judged.figure_date,
    judged.actual,
    judged.opening_balance,
    judged.totals_only,
    judged.threshold,
    judged.comparator,
    judged.unit,
    {{ floor_share('judged.actual', 'judged.threshold') }} as progress_share,
    {{ target_status('judged') }} as status,
    judged.is_met,
    -- Decision 9: a closed year is final until its figure moves; all else is confirmed when all that was due is in.
    case
        when
            standings.is_closed
            and coalesce(
                judged.actual = standings.closed_actual, judged.actual is null and standings.closed_actual is null
            )
            then 'final'
        when standings.is_closed then 'revised'
        when standings.is_complete then 'confirmed'
        else 'preliminary'
    end as figure_state,
    standings.confirmed_share,
    judged.actual_at_cut_off,
    cast(judged.actual - judged.actual_at_cut_off as decimal(18, 4)) as early_actual,
    judged.expected_share,
    judged.pace_ratio,
    judged.missing_unit_codes,
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
    coalesce(standings.disputed_totals, 0) as disputed_totals,
    judged.balance_verified_share
from judged
left join standings
    on {{ same_target_period('judged', 'standings') }}
left join paces
    on {{ same_target_period('judged', 'paces') }}
