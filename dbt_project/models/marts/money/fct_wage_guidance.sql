with wages as (
    select * from {{ ref('stg_wage_guidance') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('wages', 'wage_guidance') }}
)

select
    {{ row_key('newest') }} as wage_guidance_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    {{ year_end('newest.report_year') }} as event_date,
    newest.report_year,
    newest.industry_code,
    newest.occupation_code,
    newest.occupation_name,
    newest.skill_level_code,
    newest.p10_fen,
    newest.p25_fen,
    newest.p50_fen,
    newest.p75_fen,
    newest.p90_fen,
    newest.sample_count,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
