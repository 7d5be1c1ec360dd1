with findings as (
    select * from {{ ref('stg_finding') }}
)

select distinct
    findings.submission_id,
    findings.row_index,
    {{ row_key('findings') }} as fact_key
from findings
where findings.severity = 'warning' and findings.explained_at is null and findings.row_index is not null
