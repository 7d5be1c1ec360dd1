with costs as (
    select * from {{ ref('stg_labour_cost') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('costs', 'labour_cost') }}
)

select
    {{ row_key('newest') }} as labour_cost_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.period,
    newest.period_start_date,
    newest.period_end_date,
    {{ period_kind('newest.period') }} as period_kind,
    {{ year_end('newest.report_year') }} as event_date,
    newest.report_year,
    newest.industry_code,
    newest.cost_per_capita_fen,
    newest.wage_share,
    newest.cost_to_revenue_share,
    newest.profit_to_cost_share,
    newest.sample_enterprise_count,
    newest.sample_count,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
