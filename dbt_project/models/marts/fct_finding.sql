with findings as (
    select * from {{ ref('stg_finding') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by submission_id, scope, rule_code
            order by row_index, row_number, field, cell, message
        ) as finding_number
    from findings
)

select
    submission_id || '#' || scope || '#' || rule_code || '#' || cast(finding_number as varchar) as finding_key,
    submission_id,
    dataset,
    scope,
    rule_code,
    severity,
    field,
    row_number,
    cell,
    message
from numbered
