with definitions as (
    select * from {{ source('reference', 'target_definitions') }}
)

select
    target_id,
    reading,
    source as source_text,
    measure as measure_text,
    "window" as window_text,
    note as note_text
from definitions
