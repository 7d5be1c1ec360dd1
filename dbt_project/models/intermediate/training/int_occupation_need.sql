with demand as (
    select * from {{ ref('fct_demand') }}
),

leads as (
    select * from {{ ref('int_occupation_lead') }}
),

supplied as (
    select * from {{ ref('int_occupation_supply') }}
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
needs as (
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
    from needs
    group by calendar_year, breakdown, place_code, place_level
),

numbered as (
    select distinct
        calendar_year,
        breakdown,
        place_code as code,
        place_level as skill_level_code,
        code as occupation_code
    from needs
    where is_needed and training_need_count is not null
),

-- Need without a number, as of a lead that is silent, is not met by anything: a share covers the same occupations
-- above and below.
met as (
    select
        numbered.calendar_year,
        numbered.breakdown,
        numbered.code,
        numbered.skill_level_code,
        sum(supplied.trained) as trained_with_need
    from numbered
    inner join supplied
        on
            numbered.calendar_year = supplied.calendar_year
            and numbered.occupation_code = supplied.code
            and numbered.skill_level_code = supplied.skill_level_code
            and case when numbered.breakdown = 'cluster' then numbered.code else 'any' end
            = coalesce(supplied.industry_cluster_code, 'any')
    where supplied.breakdown in ('occupation', 'occupation_of_cluster')
    group by numbered.calendar_year, numbered.breakdown, numbered.code, numbered.skill_level_code
)

select
    needed.calendar_year,
    needed.breakdown,
    needed.code,
    needed.skill_level_code,
    needed.forecasting_departments,
    needed.is_reported,
    needed.current_stock_count,
    needed.demand_count,
    needed.gap_count,
    needed.training_need_count,
    needed.is_urgent,
    case when needed.training_need_count is not null then coalesce(met.trained_with_need, 0) end as trained_with_need
from needed
left join met
    on
        needed.calendar_year = met.calendar_year
        and needed.breakdown = met.breakdown
        and needed.code = met.code
        and needed.skill_level_code = met.skill_level_code
