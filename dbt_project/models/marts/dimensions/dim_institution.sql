with directory as (
    select * from {{ ref('int_directory_entry') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

-- Its newest standing entry describes an institution that stands in several directories or under several types.
entries as (
    select
        directory.*,
        directory.status_code <> '3'
        and directory.valid_from_date <= runs.as_of_date
        and (directory.valid_to_date is null or directory.valid_to_date >= runs.as_of_date)
        and (directory.removed_date is null or directory.removed_date > runs.as_of_date) as is_standing,
        departments.department_order
    from directory
    inner join departments on directory.department_code = departments.department_code
    cross join runs
),

ranked as (
    select
        *,
        row_number() over (
            partition by institution_key
            order by is_standing desc, department_order, unit_code, cast(entity_type_code as integer)
        ) as entry_rank
    from entries
),

summaries as (
    select
        institution_key,
        {{ joined('entity_type_code') }} as entity_type_codes,
        {{ joined('department_code') }} as department_codes,
        min(valid_from_date) as first_valid_from_date,
        max(case when is_standing then 1 else 0 end) = 1 as is_in_directory
    from ranked
    group by institution_key
)

select
    ranked.institution_key,
    ranked.institution_uscc,
    ranked.carrier_id,
    ranked.institution_name,
    summaries.entity_type_codes,
    summaries.department_codes,
    ranked.district_key,
    ranked.status_code,
    ranked.rating_code,
    ranked.carrier_level_code,
    ranked.college_tier_code,
    summaries.first_valid_from_date,
    ranked.valid_to_date,
    ranked.removed_date,
    summaries.is_in_directory
from ranked
inner join summaries on ranked.institution_key = summaries.institution_key
where ranked.entry_rank = 1
