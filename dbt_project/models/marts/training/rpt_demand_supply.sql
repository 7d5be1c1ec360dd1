with needed as (
    select * from {{ ref('int_occupation_need') }}
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

placed as (
    select * from supplied
    where breakdown <> 'occupation_of_cluster'
),

paired as (
    select
        coalesce(needed.calendar_year, placed.calendar_year) as calendar_year,
        coalesce(needed.breakdown, placed.breakdown) as breakdown,
        coalesce(needed.code, placed.code) as code,
        coalesce(needed.skill_level_code, placed.skill_level_code) as skill_level_code,
        case
            when placed.code is null then 'demand_only'
            when needed.code is null then 'supply_only'
            else 'both'
        end as pairing,
        needed.forecasting_departments,
        needed.is_reported,
        needed.current_stock_count,
        needed.demand_count,
        needed.gap_count,
        needed.training_need_count,
        needed.trained_with_need,
        needed.is_urgent,
        placed.enrolled,
        placed.trained,
        placed.trained_persons,
        placed.certificates,
        placed.followed,
        placed.employed
    from needed
    full outer join placed
        on
            needed.calendar_year = placed.calendar_year
            and needed.breakdown = placed.breakdown
            and needed.code = placed.code
            and needed.skill_level_code = placed.skill_level_code
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
    cast(paired.trained_with_need as bigint) as trained_with_need,
    {{ floor_share('paired.trained_with_need', 'paired.training_need_count') }} as training_need_share
from paired
left join names on paired.breakdown = names.breakdown and paired.code = names.code
left join leads
    on
        paired.calendar_year = leads.calendar_year
        and paired.code = leads.code
        and paired.breakdown = 'occupation'
