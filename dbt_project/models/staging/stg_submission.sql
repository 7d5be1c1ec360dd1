with submissions as (
    select * from {{ source('register', 'submission') }}
)

select
    submission_id,
    rules_version,
    folder_name,
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
    critical_findings as critical_finding_count,
    warning_findings as warning_finding_count,
    file_name,
    file_kind,
    file_bytes,
    delivered_at,
    delivery_order,
    standing,
    refusal,
    is_latest,
    represents_key,
    keys_standing,
    keys_sent,
    keys_lost,
    withdrawn_rows,
    submission_kind,
    answers as answers_submission_id,
    is_nothing_to_report,
    excepted_findings as excepted_finding_count,
    confirmed_at
from submissions
