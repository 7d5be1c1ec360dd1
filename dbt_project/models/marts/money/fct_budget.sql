with budgets as (
    select * from {{ ref('stg_budget') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('budgets', 'budget') }}
)

select
    {{ row_key('newest') }} as budget_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.period,
    newest.period_start_date,
    newest.period_end_date,
    {{ period_kind('newest.period') }} as period_kind,
    newest.period_end_date as event_date,
    newest.budget_year,
    newest.budget_department_code,
    newest.funding_source_code,
    newest.budget_use_code,
    newest.budget_fen,
    newest.spent_fen,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
