with accepted as (
    select * from {{ source('accepted', 'wage_guidance') }}
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
    occupation_code,
    occupation_name,
    skill_level as skill_level_code,
    p10 as p10_fen,
    p25 as p25_fen,
    p50 as p50_fen,
    p75 as p75_fen,
    p90 as p90_fen,
    sample_size as sample_count
from accepted
