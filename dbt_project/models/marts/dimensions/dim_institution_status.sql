with history as (
    select * from {{ ref('int_directory_status') }}
)

select
    institution_key,
    entity_type_code,
    department_code,
    unit_code,
    submission_id,
    status_code,
    rating_code,
    valid_from_date,
    valid_to_date
from history
