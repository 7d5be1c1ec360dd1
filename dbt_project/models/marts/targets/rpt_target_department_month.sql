-- What each department did of a target in each month. A person counts with the department whose row the period meets
-- first, so that departments add up to the city's month.
with target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_monthly
),

numbers as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        counts.month_date,
        counts.department_code,
        counts.counted as amount
    from target_periods
    inner join {{ ref('int_target_count') }} as counts
        on
            target_periods.target_id = counts.target_id
            and target_periods.reading = counts.reading
            and counts.month_date between target_periods.period_start_date and target_periods.period_end_date
    where not target_periods.is_distinct_person
    union all
    select
        persons.target_id, persons.reading, persons.period, persons.month_date, persons.department_code, persons.amount
    from target_periods
    inner join {{ ref('int_target_entry') }} as persons
        on {{ same_target_period('target_periods', 'persons') }}
    where target_periods.is_distinct_person and persons.component = 'counted'
    union all
    select target_id, reading, period, month_date, department_code, totals_only
    from {{ ref('int_target_component') }}
    where totals_only > 0
),

added as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        target_periods.period_start_date,
        target_periods.period_end_date,
        target_periods.period_kind,
        target_periods.is_sensitive,
        numbers.month_date,
        numbers.department_code,
        sum(numbers.amount) as amount
    from target_periods
    inner join numbers
        on {{ same_target_period('target_periods', 'numbers') }}
    group by
        target_periods.target_id, target_periods.reading, target_periods.period, target_periods.period_start_date,
        target_periods.period_end_date, target_periods.period_kind, target_periods.is_sensitive, numbers.month_date,
        numbers.department_code
),

measured as (
    select
        *,
        is_sensitive and {{ is_small('amount') }} as is_hidden
    from added
    where amount > 0
),

-- The city's month is told: where a single department is hidden, another goes with it.
told as (
    select
        *,
        not is_hidden
        and not {{ goes_with_the_hidden(
            'is_hidden', 'amount', 'target_id, reading, period, month_date', 'department_code'
        ) }} as is_told
    from measured
)

select
    target_id, reading, period, period_start_date, period_end_date, period_kind,
    month_date,
    department_code,
    cast(case when is_told then amount end as decimal(18, 4)) as actual
from told
