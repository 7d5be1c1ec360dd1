with rules as (
    select * from {{ source('reference', 'target_rules') }}
)

select
    target_id,
    reading,
    part as part_code,
    dataset,
    all_of as wanted_codes,
    none_of as unwanted_codes,
    event_date as event_date_fields,
    amount as amount_field,
    base as base_field,
    cast(at_least as integer) as smallest_count,
    cast(at_most as integer) as largest_count,
    cast({{ file_position() }} as integer) as rule_order
from rules
