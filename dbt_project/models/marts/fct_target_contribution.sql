-- Every row that a figure of rpt_target_progress is made of.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

events as (
    select
        target_periods.period,
        target_periods.is_distinct_person,
        contributions.*
    from target_periods
    inner join {{ ref('int_target_contribution') }} as contributions
        on
            target_periods.target_id = contributions.target_id
            and target_periods.reading = contributions.reading
            and contributions.event_date between target_periods.period_start_date and target_periods.period_end_date
),

-- Of a person's rows in a period the first one counts, so that the amounts add up to persons.
persons as (
    select
        *,
        case
            when person_key is null then 0
            when row_number() over (
                partition by target_id, reading, period, person_key
                order by event_date, fact_key
            ) = 1 then 1
            else 0
        end as amount
    from events
    where is_distinct_person
),

counted as (
    select
        target_id, reading, period, fact, fact_key, submission_id, row_number, department_code, unit_code, event_date,
        1 as amount
    from events
    where not is_distinct_person
    union all
    select
        target_id, reading, period, fact, fact_key, submission_id, row_number, department_code, unit_code, event_date,
        amount
    from persons
),

-- Where a sensitive group's rows from one unit are fewer than may be published, they stand without their place.
sensitive as (
    select
        *,
        sum(amount) over (partition by target_id, reading, period, unit_code)
        < {{ var('smallest_published_total') }} as is_withheld,
        row_number() over (partition by target_id, reading, period order by fact_key) as row_rank
    from counted
    where target_id in ('T04', 'T05')
),

contributions as (
    select
        target_id, reading, period, 'counted' as component, fact, fact_key, submission_id, row_number,
        department_code, unit_code, event_date, amount, null as base_amount
    from counted
    where target_id not in ('T04', 'T05')
    union all
    select
        target_id, reading, period, 'counted', fact, fact_key, submission_id, row_number,
        department_code, unit_code, event_date, amount, null
    from sensitive
    where not is_withheld
    union all
    select
        target_id, reading, period, 'counted', 'withheld', 'withheld#' || cast(row_rank as varchar), null, null,
        null, null, null, amount, null
    from sensitive
    where is_withheld
    union all
    select
        target_id, reading, period, 'measured', fact, fact_key, submission_id, row_number,
        department_code, unit_code, event_date, amount, base_amount
    from {{ ref('int_target_measure') }}
    union all
    select
        target_id, reading, period, case when opening_balance is null then 'totals_only' else 'opening_balance' end,
        'reported_total', reported_total_key, submission_id, row_number, department_code, unit_code,
        period_end_date, coalesce(opening_balance, totals_only), null
    from {{ ref('int_target_component') }}
)

select
    target_id,
    reading,
    period,
    component,
    fact,
    fact_key,
    submission_id,
    row_number,
    department_code,
    unit_code,
    event_date,
    cast(amount as decimal(18, 4)) as amount,
    cast(base_amount as decimal(18, 4)) as base_amount
from contributions
