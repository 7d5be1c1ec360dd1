with target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_monthly
),

contributions as (
    select * from {{ ref('int_target_contribution') }}
),

components as (
    select
        target_id,
        reading,
        period,
        month_date,
        sum(opening_balance) as opening_balance,
        sum(totals_only) as totals_only
    from {{ ref('int_target_component') }}
    group by target_id, reading, period, month_date
),

runs as (
    select * from {{ ref('stg_run') }}
),

calendar as (
    select distinct {{ month_of('date_day') }} as month_date from {{ ref('dim_date') }}
),

contribution_months as (
    select
        target_id,
        reading,
        month_date,
        cast(sum(counted) as bigint) as counted
    from {{ ref('int_target_count') }}
    group by target_id, reading, month_date
),

-- A person counts in the month in which the period first meets them, so that the months add up to the period.
first_meetings as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        contributions.person_key,
        {{ month_of('min(contributions.event_date)') }} as month_date
    from target_periods
    inner join contributions
        on
            target_periods.target_id = contributions.target_id
            and target_periods.reading = contributions.reading
            and contributions.event_date between target_periods.period_start_date and target_periods.period_end_date
    where target_periods.is_distinct_person
    group by
        target_periods.target_id, target_periods.reading, target_periods.period, contributions.person_key
),

counted as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        contribution_months.month_date,
        contribution_months.counted
    from target_periods
    inner join contribution_months
        on
            target_periods.target_id = contribution_months.target_id
            and target_periods.reading = contribution_months.reading
            and contribution_months.month_date
            between target_periods.period_start_date and target_periods.period_end_date
    where not target_periods.is_distinct_person
    union all
    select target_id, reading, period, month_date, count(*)
    from first_meetings
    group by target_id, reading, period, month_date
),

openings as (
    select
        target_id,
        reading,
        period,
        sum(opening_balance) as opening_balance
    from components
    group by target_id, reading, period
),

-- Every month that has begun since the opening balance, and others for which something was reported all the same.
months as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        target_periods.period_start_date,
        target_periods.period_end_date,
        target_periods.period_kind,
        calendar.month_date,
        coalesce(openings.opening_balance, 0) as opening_balance,
        coalesce(counted.counted, 0) as counted,
        coalesce(components.totals_only, 0) as totals_only
    from target_periods
    cross join runs
    inner join calendar
        on calendar.month_date between target_periods.period_start_date and target_periods.period_end_date
    left join counted
        on
            {{ same_target_period('target_periods', 'counted') }}
            and calendar.month_date = counted.month_date
    left join components
        on
            {{ same_target_period('target_periods', 'components') }}
            and calendar.month_date = components.month_date
    left join openings
        on {{ same_target_period('target_periods', 'openings') }}
    where
        (
            calendar.month_date > date '{{ policy_value('opening_balance_period') }}-01'
            and calendar.month_date <= runs.as_of_date
        )
        or counted.counted is not null
        or components.totals_only is not null
)

select
    target_id, reading, period, period_start_date, period_end_date, period_kind, month_date,
    cast(counted as bigint) as counted,
    cast(totals_only as decimal(18, 4)) as totals_only,
    cast(counted + totals_only as decimal(18, 4)) as actual,
    cast(opening_balance as decimal(18, 4)) as opening_balance,
    cast(
        opening_balance + sum(counted + totals_only) over (
            partition by target_id, reading, period
            order by month_date
            rows between unbounded preceding and current row
        ) as decimal(18, 4)
    ) as cumulative_actual
from months
