with findings as (
    select * from {{ source('register', 'finding') }}
)

select
    findings.submission_id,
    findings.dataset,
    findings.scope,
    findings.rule as rule_code,
    findings.severity,
    findings.field,
    findings.row_index,
    findings.row as row_number,
    findings.cell,
    findings.message,
    findings.finding_identity,
    findings.exception_id,
    findings.state,
    findings.opened_at,
    findings.fixed_at,
    findings.fixed_by as fixed_by_submission_id,
    findings.explained_at
from findings
