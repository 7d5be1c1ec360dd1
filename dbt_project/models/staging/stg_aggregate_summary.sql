with accepted as (
    select * from {{ source('accepted', 'aggregate_summary') }}
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
    report_period as stated_period,
    dept as filling_department_code,
    district as district_key,
    metric_id,
    dimension,
    value_period as period_value,
    value_ytd as year_to_date_value,
    value_cum as cumulative_value,
    unit as measure_code,
    fill_date,
    is_revision
from accepted
