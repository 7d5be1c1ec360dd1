with accepted as (
    select * from {{ source('accepted', 'labour_cost') }}
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
    industry_code,
    cost_per_capita as cost_per_capita_fen,
    wage_share,
    cost_to_revenue as cost_to_revenue_share,
    cost_profit as profit_to_cost_share,
    sample_enterprises as sample_enterprise_count,
    sample_size as sample_count
from accepted
