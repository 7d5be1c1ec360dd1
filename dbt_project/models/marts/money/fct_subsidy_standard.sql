with standards as (
    select * from {{ ref('stg_subsidy_standard') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('standards', 'subsidy_standard') }}
)

select
    {{ row_key('newest') }} as subsidy_standard_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.period,
    newest.period_start_date,
    newest.period_end_date,
    {{ period_kind('newest.period') }} as period_kind,
    newest.from_date as event_date,
    newest.subsidy_type_code,
    newest.occupation_code,
    newest.occupation_name,
    newest.skill_level_code,
    newest.person_category_code,
    newest.amount_fen,
    newest.document,
    newest.from_date,
    newest.to_date,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
