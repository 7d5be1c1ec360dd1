with submissions as (
    select * from {{ ref('stg_submission') }}
)

select
    submission_id,
    dataset,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    outcome,
    received_rows,
    accepted_rows,
    held_rows,
    critical_finding_count,
    warning_finding_count,
    file_kind,
    file_bytes,
    delivered_at,
    rules_version,
    standing,
    refusal,
    is_latest,
    represents_key,
    keys_standing,
    keys_sent,
    keys_lost,
    withdrawn_rows,
    submission_kind,
    answers_submission_id,
    is_nothing_to_report,
    excepted_finding_count,
    confirmed_at,
    confirmed_at is not null as is_confirmed,
    held_back_row_count,
    held_back_answer_date
from submissions
