with definitions as (
    select * from {{ source('reference', 'target_definitions') }}
)

select
    target_id,
    reading,
    source as source_text,
    measure,
    window_kind,
    clock as clock_kind,
    opening,
    coalesce(quota = 'exact', false) as is_exact_quota,
    coalesce(is_sensitive = 'true', false) as is_sensitive
from definitions
