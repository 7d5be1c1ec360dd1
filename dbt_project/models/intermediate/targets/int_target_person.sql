-- The rows of figures that count persons or tell of a sensitive group, period by period.
with target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_distinct_person or is_sensitive
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
),

units as (
    select
        target_id,
        reading,
        period,
        unit_code,
        sum(amount) as amount,
        is_sensitive and sum(amount) < {{ policy_value('smallest_published_total') }} as is_small
    from persons
    group by target_id, reading, period, unit_code, is_sensitive
),

-- Where a sensitive group's rows from one unit are fewer than may be published, they stand without their place; where
-- they are the only ones, those of another unit too, lest all that has no place tell of one.
withheld as (
    select
        *,
        is_small or {{ goes_with_the_hidden('is_small', 'amount', 'target_id, reading, period', 'unit_code') }}
            as is_withheld
    from units
),

placed as (
    select
        persons.*,
        withheld.is_withheld,
        row_number() over (
            partition by persons.target_id, persons.reading, persons.period
            order by persons.fact_key
        ) as row_rank
    from persons
    inner join withheld
        on {{ same_target_period('persons', 'withheld') }} and persons.unit_code = withheld.unit_code
)

select
    target_id,
    reading,
    period,
    fact,
    submission_id,
    row_index,
    row_number,
    department_code,
    unit_code,
    event_date,
    amount,
    department_code as credited_department_code,
    month_date as credited_month_date
from placed
where not is_withheld
union all
select
    target_id, reading, period, 'withheld', 'withheld', row_rank, null, null, null, null, amount, department_code,
    month_date
from placed
where is_withheld
