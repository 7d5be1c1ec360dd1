-- Every row that a figure of rpt_target_progress is made of.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

persons as (
    select * from {{ ref('int_target_person') }}
),

-- What stands without its place is numbered by what it tells, and balances are one sum: neither order nor amounts tell
-- of whom they are.
withheld as (
    select
        target_id,
        reading,
        period,
        component,
        amount
    from persons
    where is_withheld and component = 'counted'
    union all
    select
        target_id,
        reading,
        period,
        component,
        sum(amount)
    from persons
    where is_withheld and component <> 'counted'
    group by target_id, reading, period, component
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
        target_id, reading, period, component, fact, submission_id, row_index, row_number, department_code, unit_code,
        event_date, amount, null
    from persons
    where not is_withheld
    union all
    select
        target_id, reading, period, component, 'withheld', 'withheld',
        row_number() over (partition by target_id, reading, period order by component nulls last, amount desc),
        null, null, null, null, amount, null
    from withheld
    union all
    select
        target_id, reading, period, 'measured', fact, submission_id, row_index, row_number, department_code, unit_code,
        event_date, amount, base_amount
    from {{ ref('int_target_measure') }}
    union all
    select
        components.target_id, components.reading, components.period,
        case when components.opening_balance is null then 'totals_only' else 'opening_balance' end,
        'reported_total', components.submission_id, components.row_index, components.row_number,
        components.department_code, components.unit_code, components.period_end_date,
        coalesce(components.opening_balance, components.totals_only), null
    from {{ ref('int_target_component') }} as components
    left join target_periods
        on {{ same_target_period('components', 'target_periods') }}
    where not coalesce(target_periods.is_sensitive, false)
)

select
    contributions.target_id,
    contributions.reading,
    contributions.period,
    target_periods.period_start_date,
    target_periods.period_end_date,
    target_periods.period_kind,
    contributions.component,
    contributions.fact,
    contributions.submission_id,
    contributions.row_index,
    contributions.row_number,
    contributions.department_code,
    contributions.unit_code,
    case
        when contributions.unit_code is not null then {{ district_of('contributions.unit_code') }}
    end as district_key,
    contributions.event_date,
    cast(contributions.amount as decimal(18, 4)) as amount,
    cast(contributions.base_amount as decimal(18, 4)) as base_amount,
    warnings.fact_key is not null as has_open_warning
from contributions
left join target_periods
    on {{ same_target_period('contributions', 'target_periods') }}
left join warnings
    on contributions.submission_id = warnings.submission_id and contributions.row_index = warnings.row_index
