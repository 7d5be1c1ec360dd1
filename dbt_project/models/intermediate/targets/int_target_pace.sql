-- How far a target is at its cut-off against what should be done by then, where that leads, and how fast the last
-- months went. All of it from the months up to the cut-off; what came early is no part of it.
with clocks as (
    select * from {{ ref('int_target_clock') }}
    where is_on_clock and cut_off_date is not null
),

target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_monthly
),

months as (
    select * from {{ ref('rpt_target_month') }}
),

judged as (
    select
        clocks.*,
        target_periods.threshold,
        {{ months_between('clocks.cut_off_date', 'target_periods.period_end_date') }} as months_left
    from clocks
    inner join target_periods
        on {{ same_target_period('clocks', 'target_periods') }}
),

so_far as (
    select
        judged.target_id,
        judged.reading,
        judged.period,
        max(months.opening_balance)
        + coalesce(sum(case when months.month_date <= judged.cut_off_date then months.actual end), 0) as done
    from judged
    inner join months
        on {{ same_target_period('judged', 'months') }}
    group by judged.target_id, judged.reading, judged.period
),

-- The last months up to the cut-off, those of the period before included.
lately as (
    select
        judged.target_id,
        judged.reading,
        judged.period,
        months.actual,
        row_number() over (
            partition by judged.target_id, judged.reading, judged.period
            order by months.month_date desc
        ) as months_ago
    from judged
    inner join months
        on
            judged.target_id = months.target_id
            and judged.reading = months.reading
            and judged.cut_off_date >= months.month_date
    where months.month_date > date '{{ policy_value('opening_balance_period') }}-01'
),

-- Mean and spread by sums, which are exact, so that the same rows give the same bytes.
paces as (
    select
        target_id,
        reading,
        period,
        avg(case when months_ago <= 3 then actual end) as pace_reached,
        count(case when months_ago = 3 then 1 end) = 1 as has_three_months,
        count(*) as month_count,
        cast(sum(cast(actual as decimal(38, 4)) * actual) as double)
        - cast(sum(actual) as double) * cast(sum(actual) as double) / count(*)
            as squared_deviations
    from lately
    where months_ago <= {{ policy_value('projection_months') }}
    group by target_id, reading, period
),

led as (
    select
        judged.*,
        coalesce(so_far.done, 0) as done,
        case when paces.has_three_months then paces.pace_reached end as pace_reached,
        {{ floor_ratio('coalesce(so_far.done, 0) * judged.expected_whole', 'judged.expected_part', 1, 0) }}
            as projected_actual,
        {{ policy_value('projection_width') }}
        * sqrt(
            greatest(paces.squared_deviations, 0) / nullif(paces.month_count - 1, 0) * judged.months_left
        ) as margin
    from judged
    left join so_far
        on {{ same_target_period('judged', 'so_far') }}
    left join paces
        on {{ same_target_period('judged', 'paces') }}
)

select
    target_id,
    reading,
    period,
    cast(done as decimal(18, 4)) as actual_at_cut_off,
    {{ floor_ratio('done * expected_whole', 'threshold * expected_part', 1, 4) }} as pace_ratio,
    case
        when is_paced and months_left > 0 then cast(greatest(threshold - done, 0) / months_left as decimal(18, 1))
    end as pace_needed,
    case when months_left > 0 then cast(pace_reached as decimal(18, 1)) end as pace_reached,
    case when months_left > 0 then cast(projected_actual as decimal(18, 4)) end as projected_actual,
    -- What is there already cannot be undone.
    case
        when months_left > 0 and projected_actual - margin is not null
            then cast(greatest(round(projected_actual - margin), done) as decimal(18, 4))
    end as projected_low,
    case when months_left > 0 then cast(round(projected_actual + margin) as decimal(18, 4)) end as projected_high
from led
