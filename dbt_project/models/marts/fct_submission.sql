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
    is_newest,
    is_current
from submissions
