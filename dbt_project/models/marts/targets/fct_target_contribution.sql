-- Every row that a figure of rpt_target_progress is made of.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

-- Of a person's rows in a period the first one counts, so that the amounts add up to persons.
persons as (
    select
        target_periods.period,
        target_periods.is_sensitive,
        contributions.*,
        case
            when not target_periods.is_distinct_person then 1
            when contributions.person_key is null then 0
            when row_number() over (
                partition by
                    target_periods.target_id, target_periods.reading, target_periods.period, contributions.person_key
                order by contributions.event_date, contributions.fact_key
            ) = 1 then 1
            else 0
        end as amount
    from target_periods
    inner join {{ ref('int_target_contribution') }} as contributions
        on
            target_periods.target_id = contributions.target_id
            and target_periods.reading = contributions.reading
            and contributions.event_date between target_periods.period_start_date and target_periods.period_end_date
    where target_periods.is_distinct_person or target_periods.is_sensitive
),

-- Where a sensitive group's rows from one unit are fewer than may be published, they stand without their place.
placed as (
    select
        *,
        is_sensitive and sum(amount) over (partition by target_id, reading, period, unit_code)
        < {{ policy_value('smallest_published_total') }} as is_withheld,
        row_number() over (partition by target_id, reading, period order by fact_key) as row_rank
    from persons
),

contributions as (
    select
        contributions.target_id,
        contributions.reading,
        target_periods.period,
        'counted' as component,
        contributions.fact,
        contributions.submission_id,
        contributions.row_index,
        contributions.row_number,
        contributions.department_code,
        contributions.unit_code,
        contributions.event_date,
        1 as amount,
        null as base_amount
    from target_periods
    inner join {{ ref('int_target_contribution') }} as contributions
        on
            target_periods.target_id = contributions.target_id
            and target_periods.reading = contributions.reading
            and contributions.event_date between target_periods.period_start_date and target_periods.period_end_date
    where not target_periods.is_distinct_person and not target_periods.is_sensitive
    union all
    select
        target_id, reading, period, 'counted', fact, submission_id, row_index, row_number, department_code, unit_code,
        event_date, amount, null
    from placed
    where not is_withheld
    union all
    select
        target_id, reading, period, 'counted', 'withheld', 'withheld', row_rank, null, null, null, null, amount, null
    from placed
    where is_withheld
    union all
    select
        target_id, reading, period, 'measured', fact, submission_id, row_index, row_number, department_code, unit_code,
        event_date, amount, base_amount
    from {{ ref('int_target_measure') }}
    union all
    select
        target_id, reading, period, case when opening_balance is null then 'totals_only' else 'opening_balance' end,
        'reported_total', submission_id, row_index, row_number, department_code, unit_code, period_end_date,
        coalesce(opening_balance, totals_only), null
    from {{ ref('int_target_component') }}
)

select
    target_id,
    reading,
    period,
    component,
    fact,
    submission_id,
    row_index,
    row_number,
    department_code,
    unit_code,
    event_date,
    cast(amount as decimal(18, 4)) as amount,
    cast(base_amount as decimal(18, 4)) as base_amount
from contributions
