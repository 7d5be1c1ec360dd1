with accepted as (
    select * from {{ source('accepted', 'demand_forecast') }}
)

select
    submission_id,
    row_index,
    row_number,
    delivery_order,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    report_year,
    dept as filling_department_code,
    industry_code,
    industry_cluster as industry_cluster_code,
    occupation_code,
    occupation_name,
    skill_level as skill_level_code,
    current_stock as current_stock_count,
    demand as demand_count,
    gap as gap_count,
    training_need as training_need_count,
    is_urgent
from accepted
