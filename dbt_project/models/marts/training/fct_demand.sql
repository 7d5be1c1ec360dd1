with demand as (
    select * from {{ ref('stg_demand_forecast') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('demand', 'demand_forecast') }}
)

select
    {{ row_key('newest') }} as demand_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    {{ year_end('newest.report_year') }} as event_date,
    newest.report_year,
    newest.industry_code,
    newest.industry_cluster_code,
    newest.occupation_code,
    newest.occupation_name,
    newest.skill_level_code,
    newest.current_stock_count,
    newest.demand_count,
    newest.demand_count - newest.current_stock_count as gap_count,
    newest.training_need_count,
    newest.is_urgent,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
