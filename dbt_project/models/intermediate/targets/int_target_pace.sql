-- How fast a running period goes and where that leads, from the months whose reports were due: since the opening
-- balance, and no more than the last of them as `projection_months` says.
with target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_monthly
),

months as (
    select * from {{ ref('rpt_target_month') }}
),

clocks as (
    select * from {{ ref('int_target_clock') }}
),

running as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        target_periods.threshold,
        clocks.cut_off_date as closed_until_date,
        {{ months_between('clocks.cut_off_date', 'target_periods.period_end_date') }} as months_left
    from target_periods
    inner join clocks
        on {{ same_target_period('target_periods', 'clocks') }}
    where clocks.cut_off_date < target_periods.period_end_date
),

so_far as (
    select
        running.target_id,
        running.reading,
        running.period,
        max(months.cumulative_actual) as actual,
        max(case when months.month_date <= running.closed_until_date then months.cumulative_actual end)
            as closed_actual
    from running
    inner join months
        on {{ same_target_period('running', 'months') }}
    group by running.target_id, running.reading, running.period
),

-- The last closed months, those of the period before included.
lately as (
    select
        running.target_id,
        running.reading,
        running.period,
        months.actual,
        row_number() over (
            partition by running.target_id, running.reading, running.period
            order by months.month_date desc
        ) as months_ago
    from running
    inner join months
        on
            running.target_id = months.target_id
            and running.reading = months.reading
            and running.closed_until_date >= months.month_date
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
        cast(sum(actual) as double) / count(*) as mean_actual,
        cast(sum(cast(actual as decimal(38, 4)) * actual) as double)
        - cast(sum(actual) as double) * cast(sum(actual) as double) / count(*)
            as squared_deviations
    from lately
    where months_ago <= {{ policy_value('projection_months') }}
    group by target_id, reading, period
),

led as (
    select
        running.target_id,
        running.reading,
        running.period,
        running.closed_until_date,
        running.months_left,
        greatest(running.threshold - coalesce(so_far.closed_actual, 0), 0) / running.months_left as pace_needed,
        so_far.actual,
        case when paces.has_three_months then paces.pace_reached end as pace_reached,
        case
            when paces.has_three_months
                then coalesce(so_far.closed_actual, 0) + paces.mean_actual * running.months_left
        end as expected,
        {{ policy_value('projection_width') }}
        * sqrt(greatest(paces.squared_deviations, 0) / nullif(paces.month_count - 1, 0) * running.months_left) as margin
    from running
    left join so_far
        on {{ same_target_period('running', 'so_far') }}
    left join paces
        on {{ same_target_period('running', 'paces') }}
)

select
    target_id,
    reading,
    period,
    closed_until_date,
    months_left,
    cast(pace_needed as decimal(18, 1)) as pace_needed,
    cast(pace_reached as decimal(18, 1)) as pace_reached,
    -- What is there already cannot be undone.
    case when expected is not null then cast(greatest(round(expected), actual) as decimal(18, 4)) end
        as projected_actual,
    case when expected is not null then cast(greatest(round(expected - margin), actual) as decimal(18, 4)) end
        as projected_low,
    case when expected is not null then cast(greatest(round(expected + margin), actual) as decimal(18, 4)) end
        as projected_high
from led
