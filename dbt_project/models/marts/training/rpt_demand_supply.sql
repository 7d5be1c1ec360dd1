with demand as (
    select * from {{ ref('fct_demand') }}
),

leads as (
    select * from {{ ref('int_occupation_lead') }}
),

supplied as (
    select * from {{ ref('int_occupation_supply') }}
),

names as (
    select
        'occupation' as breakdown,
        occupation_code as code,
        occupation_name as code_name
    from {{ ref('dim_occupation') }}
    union all
    select 'cluster', industry_cluster_code, industry_cluster_name from {{ ref('dim_industry_cluster') }}
    union all
    select 'city', 'SZ', '全市'
),

-- A forecast without an occupation code stands under the name that it gives; supply without a code under none.
forecasts as (
    select
        *,
        cast(report_year as integer) as calendar_year,
        coalesce(occupation_code, occupation_name) as code,
        coalesce(skill_level_code, 'none') as level_code
    from demand
),

led as (
    select
        forecasts.*,
        coalesce(forecasts.unit_code = leads.department_code, false) as is_lead,
        (forecasts.level_code <> 'none') = bool_or(
            coalesce(forecasts.unit_code = leads.department_code, false) and forecasts.level_code <> 'none'
        ) over (partition by forecasts.calendar_year, forecasts.code) as is_of_total
    from forecasts
    left join leads
        on forecasts.calendar_year = leads.calendar_year and forecasts.code = leads.code
),

-- The total of an occupation is of its rows with a level, where the lead gives any, else of the row without one.
placed as (
    select *, 'occupation' as breakdown, code as place_code, level_code as place_level, is_lead as is_needed from led
    union all
    select *, 'occupation', code, 'all', is_lead and is_of_total from led
    union all
    select *, 'cluster', industry_cluster_code, 'all', is_lead and is_of_total
    from led
    where industry_cluster_code is not null
    union all
    select *, 'city', 'SZ', 'all', is_lead and is_of_total from led
),

needed as (
    select
        calendar_year,
        breakdown,
        place_code as code,
        place_level as skill_level_code,
        count(distinct department_code) as forecasting_departments,
        bool_or(is_needed) as is_reported,
        sum(case when is_needed then current_stock_count end) as current_stock_count,
        sum(case when is_needed then demand_count end) as demand_count,
        sum(case when is_needed then gap_count end) as gap_count,
        sum(case when is_needed then training_need_count end) as training_need_count,
        bool_or(case when is_needed then coalesce(is_urgent, false) end) as is_urgent
    from placed
    group by calendar_year, breakdown, place_code, place_level
),

paired as (
    select
        coalesce(needed.calendar_year, supplied.calendar_year) as calendar_year,
        coalesce(needed.breakdown, supplied.breakdown) as breakdown,
        coalesce(needed.code, supplied.code) as code,
        coalesce(needed.skill_level_code, supplied.skill_level_code) as skill_level_code,
        case
            when supplied.code is null then 'demand_only'
            when needed.code is null then 'supply_only'
            else 'both'
        end as pairing,
        needed.forecasting_departments,
        needed.is_reported,
        needed.current_stock_count,
        needed.demand_count,
        needed.gap_count,
        needed.training_need_count,
        needed.is_urgent,
        supplied.enrolled,
        supplied.trained,
        supplied.trained_persons,
        supplied.certificates,
        supplied.followed,
        supplied.employed
    from needed
    full outer join supplied
        on
            needed.calendar_year = supplied.calendar_year
            and needed.breakdown = supplied.breakdown
            and needed.code = supplied.code
            and needed.skill_level_code = supplied.skill_level_code
)

select
    paired.calendar_year,
    paired.breakdown,
    paired.code,
    paired.skill_level_code,
    names.code_name,
    leads.department_code as lead_department_code,
    case when paired.is_reported then 'reported' else leads.silence end as forecast_state,
    paired.pairing,
    coalesce(paired.forecasting_departments, 0) as forecasting_departments,
    cast(paired.current_stock_count as bigint) as current_stock_count,
    cast(paired.demand_count as bigint) as demand_count,
    cast(paired.gap_count as bigint) as gap_count,
    cast(paired.training_need_count as bigint) as training_need_count,
    paired.is_urgent,
    cast(coalesce(paired.enrolled, 0) as bigint) as enrolled,
    cast(coalesce(paired.trained, 0) as bigint) as trained,
    coalesce(paired.trained_persons, 0) as trained_persons,
    cast(case when paired.breakdown <> 'cluster' then coalesce(paired.certificates, 0) end as bigint) as certificates,
    coalesce(paired.followed, 0) as followed,
    coalesce(paired.employed, 0) as employed,
    {{ floor_share('coalesce(paired.trained, 0)', 'paired.training_need_count') }} as training_need_share
from paired
left join names on paired.breakdown = names.breakdown and paired.code = names.code
left join leads
    on
        paired.calendar_year = leads.calendar_year
        and paired.code = leads.code
        and paired.breakdown = 'occupation'
