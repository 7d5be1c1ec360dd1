with demand as (
    select * from {{ ref('fct_demand') }}
),

participations as (
    select * from {{ ref('int_participation') }}
),

certificates as (
    select * from {{ ref('int_certificate') }}
    where is_counted
),

names as (
    select
        'occupation' as breakdown,
        occupation_code as code,
        occupation_name as code_name
    from {{ ref('dim_occupation') }}
    union all
    select 'cluster', industry_cluster_code, industry_cluster_name from {{ ref('dim_industry_cluster') }}
),

-- A forecast without an occupation code stands under the name that it gives; supply without a code under none.
forecasts as (
    select
        report_year as calendar_year,
        'occupation' as breakdown,
        coalesce(occupation_code, occupation_name) as code,
        department_code,
        current_stock_count,
        demand_count,
        gap_count,
        training_need_count,
        is_urgent
    from demand
    union all
    select
        report_year, 'cluster', industry_cluster_code, department_code, current_stock_count, demand_count, gap_count,
        training_need_count, is_urgent
    from demand
    where industry_cluster_code is not null
),

needed as (
    select
        calendar_year,
        breakdown,
        code,
        count(distinct department_code) as forecasting_departments,
        sum(current_stock_count) as current_stock_count,
        sum(demand_count) as demand_count,
        sum(gap_count) as gap_count,
        sum(training_need_count) as training_need_count,
        bool_or(coalesce(is_urgent, false)) as is_urgent
    from forecasts
    group by calendar_year, breakdown, code
),

-- Enrolled: whoever was on the list of a class that began in the year; trained: what counts, by the date of its event.
supplies as (
    select
        extract(year from start_date) as calendar_year,
        'occupation' as breakdown,
        coalesce(occupation_code, 'none') as code,
        person_key,
        1 as enrolled,
        0 as trained,
        0 as certificates
    from participations
    where start_date is not null and coalesce(not_counted_reason, '') <> 'duplicate'
    union all
    select extract(year from event_date), 'occupation', coalesce(occupation_code, 'none'), person_key, 0, 1, 0
    from participations
    where is_counted
    union all
    select extract(year from issue_date), 'occupation', coalesce(occupation_code, 'none'), person_key, 0, 0, 1
    from certificates
    union all
    select extract(year from start_date), 'cluster', coalesce(industry_cluster_code, 'none'), person_key, 1, 0, 0
    from participations
    where start_date is not null and coalesce(not_counted_reason, '') <> 'duplicate'
    union all
    select extract(year from event_date), 'cluster', coalesce(industry_cluster_code, 'none'), person_key, 0, 1, 0
    from participations
    where is_counted
),

supplied as (
    select
        calendar_year,
        breakdown,
        code,
        sum(enrolled) as enrolled,
        sum(trained) as trained,
        count(distinct case when trained = 1 then person_key end) as trained_persons,
        sum(certificates) as certificates
    from supplies
    group by calendar_year, breakdown, code
),

paired as (
    select
        coalesce(needed.calendar_year, supplied.calendar_year) as calendar_year,
        coalesce(needed.breakdown, supplied.breakdown) as breakdown,
        coalesce(needed.code, supplied.code) as code,
        case
            when supplied.code is null then 'demand_only'
            when needed.code is null then 'supply_only'
            else 'both'
        end as pairing,
        needed.forecasting_departments,
        needed.current_stock_count,
        needed.demand_count,
        needed.gap_count,
        needed.training_need_count,
        needed.is_urgent,
        supplied.enrolled,
        supplied.trained,
        supplied.trained_persons,
        supplied.certificates
    from needed
    full outer join supplied
        on
            needed.calendar_year = supplied.calendar_year
            and needed.breakdown = supplied.breakdown
            and needed.code = supplied.code
)

select
    cast(paired.calendar_year as integer) as calendar_year,
    paired.breakdown,
    paired.code,
    names.code_name,
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
    cast(case when paired.breakdown = 'occupation' then coalesce(paired.certificates, 0) end as bigint) as certificates,
    {{ floor_share('coalesce(paired.trained, 0)', 'paired.training_need_count') }} as training_need_share
from paired
left join names on paired.breakdown = names.breakdown and paired.code = names.code
