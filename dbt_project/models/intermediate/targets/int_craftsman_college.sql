with directory as (
    select * from {{ ref('int_directory_entry') }}
),

history as (
    select * from {{ ref('int_directory_status') }}
    where status_code = '1'
),

runs as (
    select * from {{ ref('stg_run') }}
),

standing as (
    select
        directory.*,
        row_number() over (
            partition by directory.institution_key
            order by directory.college_tier_code nulls last, directory.submission_id, directory.row_index
        ) as entry_rank
    from directory
    inner join history
        on
            directory.unit_code = history.unit_code
            and directory.entity_type_code = history.entity_type_code
            and directory.institution_key = history.institution_key
    inner join runs
        on
            history.valid_from_date <= runs.as_of_date
            and coalesce(history.valid_to_date >= runs.as_of_date, true)
    where directory.entity_type_code = '14'
)

select
    standing.institution_key,
    standing.submission_id,
    standing.row_index,
    standing.row_number,
    standing.department_code,
    standing.unit_code,
    standing.entity_type_code,
    standing.college_tier_code,
    standing.valid_from_date
from standing
where standing.entry_rank = 1
