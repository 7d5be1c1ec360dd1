with directory as (
    select * from {{ ref('int_directory_entry') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

history as (
    select * from {{ ref('int_directory_status') }}
),

-- Whether an entry stands on the as-of date, whatever was told later or is announced ahead, and from when it is gone.
stays as (
    select
        history.unit_code,
        history.entity_type_code,
        history.institution_key,
        bool_or(
            history.status_code <> '3'
            and history.valid_from_date <= runs.as_of_date
            and coalesce(history.valid_to_date >= runs.as_of_date, true)
        ) as is_standing,
        case
            when not bool_or(history.status_code <> '3' and history.valid_to_date is null)
                then coalesce(
                    {{ days_after("max(case when history.status_code <> '3' then history.valid_to_date end)", 1) }},
                    min(history.valid_from_date)
                )
        end as removed_date
    from history
    cross join runs
    group by history.unit_code, history.entity_type_code, history.institution_key
),

-- Its newest standing entry describes an institution that stands in several directories or under several types.
entries as (
    select
        directory.*,
        coalesce(stays.is_standing, false) as is_standing,
        case
            when stays.unit_code is not null then stays.removed_date
            else coalesce({{ days_after('directory.valid_to_date', 1) }}, directory.removed_date)
        end as gone_date,
        departments.department_order
    from directory
    inner join departments on directory.department_code = departments.department_code
    left join stays
        on
            directory.unit_code = stays.unit_code
            and directory.entity_type_code = stays.entity_type_code
            and directory.institution_key = stays.institution_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by institution_key
            order by is_standing desc, department_order, unit_code, cast(entity_type_code as integer) nulls last
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
    {{ public_code('ranked.institution_uscc') }} as institution_uscc,
    ranked.carrier_id,
    ranked.institution_name,
    summaries.entity_type_codes,
    summaries.department_codes,
    ranked.license_id,
    ranked.training_scope,
    ranked.district_key,
    ranked.address,
    ranked.office_phone,
    ranked.status_code,
    ranked.rating_code,
    ranked.carrier_level_code,
    ranked.college_tier_code,
    summaries.first_valid_from_date,
    ranked.valid_to_date,
    ranked.gone_date as removed_date,
    summaries.is_in_directory
from ranked
inner join summaries on ranked.institution_key = summaries.institution_key
where ranked.entry_rank = 1
