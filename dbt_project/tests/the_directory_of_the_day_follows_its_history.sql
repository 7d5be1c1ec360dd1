-- Readers of either mart see the same directory: the institution's row and the stretch of time that holds the as-of
-- date.
with runs as (
    select * from {{ ref('stg_run') }}
),

by_history as (
    select distinct history.institution_key
    from {{ ref('dim_institution_status') }} as history
    cross join runs
    where
        history.status_code <> '3'
        and history.valid_from_date <= runs.as_of_date
        and (history.valid_to_date is null or history.valid_to_date >= runs.as_of_date)
),

by_entry as (
    select institution_key from {{ ref('dim_institution') }}
    where is_in_directory
)

select coalesce(by_history.institution_key, by_entry.institution_key) as institution_key
from by_history
full outer join by_entry on by_history.institution_key = by_entry.institution_key
where by_history.institution_key is null or by_entry.institution_key is null
