with directory as (
    select * from {{ ref('int_directory_entry') }}
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
    cross join runs
    where
        directory.entity_type_code = '14'
        and directory.status_code = '1'
        and directory.valid_from_date <= runs.as_of_date
        and (directory.valid_to_date is null or directory.valid_to_date >= runs.as_of_date)
        and (directory.removed_date is null or directory.removed_date > runs.as_of_date)
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
