with missing as (
    select * from {{ source('reference', 'missing_sources') }}
)

select
    code as rule_code,
    what_zh as check_text,
    reason_zh as reason_text
from missing
