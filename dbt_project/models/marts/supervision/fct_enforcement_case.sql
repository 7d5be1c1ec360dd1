with cases as (
    select * from {{ ref('stg_enforcement_case') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('cases', 'enforcement_case') }}
)

select
    {{ row_key('newest') }} as case_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.case_id,
    newest.found_date as event_date,
    newest.found_date,
    newest.source_code,
    newest.subject_type_code,
    newest.subject_uscc as subject_key,
    {{ public_code('newest.subject_uscc') }} as subject_uscc,
    {{ is_sole_trader('newest.subject_uscc') }} as is_subject_sole_trader,
    newest.violation_code,
    newest.class_id as stated_class_id,
    newest.amount_involved_fen,
    newest.amount_recovered_fen,
    newest.disposal_code,
    newest.is_transferred_to_court,
    newest.closed_date,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
