with wages as (
    select * from {{ ref('stg_wage_guidance') }}
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
    newest.sample_count
from newest
