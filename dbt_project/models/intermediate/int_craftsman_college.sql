with directory as (
    select * from {{ ref('int_directory_entry') }}
),

runs as (
    select * from {{ ref('stg_run') }}
)

select
    directory.institution_key,
    min(directory.college_tier_code) as college_tier_code
from directory
cross join runs
where
    directory.entity_type_code = '14'
    and directory.status_code = '1'
    and directory.valid_from_date <= runs.as_of_date
    and (directory.valid_to_date is null or directory.valid_to_date >= runs.as_of_date)
    and (directory.removed_date is null or directory.removed_date > runs.as_of_date)
group by directory.institution_key
