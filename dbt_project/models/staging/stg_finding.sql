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
    findings.message
from findings
