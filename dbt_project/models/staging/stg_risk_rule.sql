with rules as (
    select * from {{ source('reference', 'risk_rules') }}
)

select
    code as rule_code,
    name_zh as rule_name,
    audience,
    severity,
    runs_as,
    what_zh as rule_text,
    basis
from rules
