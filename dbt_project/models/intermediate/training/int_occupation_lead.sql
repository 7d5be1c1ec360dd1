with forecasts as (
    select * from {{ ref('stg_demand_forecast') }}
),

supplies as (
    select * from {{ ref('int_occupation_supply') }}
),

leads as (
    select * from {{ ref('stg_occupation_lead') }}
),

expected as (
    select * from {{ ref('stg_expected') }}
    where dataset = 'demand_forecast'
),

runs as (
    select * from {{ ref('stg_run') }}
),

occupations as (
    select
        cast(report_year as integer) as calendar_year,
        coalesce(occupation_code, occupation_name) as code
    from forecasts
    union distinct
    select
        calendar_year,
        code
    from supplies
    where breakdown = 'occupation' and code <> 'none'
),

ranked_leads as (
    select
        occupations.calendar_year,
        occupations.code,
        leads.department_code,
        row_number() over (
            partition by occupations.calendar_year, occupations.code order by length(leads.occupation_code_prefix) desc
        ) as lead_order
    from occupations
    inner join leads
        on
            occupations.code like leads.occupation_code_prefix || '%'
            and {{ year_end('occupations.calendar_year') }} between leads.since_date and leads.until_date
),

due as (
    select
        unit_code,
        extract(year from period_end_date) as calendar_year,
        max(due_date) as due_date
    from expected
    group by unit_code, extract(year from period_end_date)
)

-- A lead owes all its occupations from the first forecast on that was asked of leads.
select
    ranked_leads.calendar_year,
    ranked_leads.code,
    ranked_leads.department_code,
    case
        when
            due.due_date >= date '{{ policy_value("lead_forecast_first_due_date") }}'
            and due.due_date < runs.as_of_date
            then 'lead_silent'
        else 'not_due'
    end as silence
from ranked_leads
cross join runs
left join due
    on ranked_leads.department_code = due.unit_code and ranked_leads.calendar_year = due.calendar_year
where ranked_leads.lead_order = 1
