-- What figures that count persons or tell of a sensitive group are made of, period by period.
with target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_distinct_person or is_sensitive
),

-- Of a person's rows in a period the first one counts, so that the amounts add up to persons.
persons as (
    select
        contributions.target_id,
        contributions.reading,
        target_periods.period,
        target_periods.is_sensitive,
        'counted' as component,
        contributions.fact,
        contributions.fact_key,
        contributions.submission_id,
        contributions.row_index,
        contributions.row_number,
        contributions.department_code,
        contributions.unit_code,
        contributions.event_date,
        contributions.month_date,
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
)

select * from persons
union all
select
    components.target_id,
    components.reading,
    components.period,
    target_periods.is_sensitive,
    case when components.opening_balance is null then 'totals_only' else 'opening_balance' end,
    'reported_total',
    {{ row_key('components') }},
    components.submission_id,
    components.row_index,
    components.row_number,
    components.department_code,
    components.unit_code,
    components.period_end_date,
    components.month_date,
    coalesce(components.opening_balance, components.totals_only)
from target_periods
inner join {{ ref('int_target_component') }} as components
    on {{ same_target_period('target_periods', 'components') }}
where target_periods.is_sensitive
