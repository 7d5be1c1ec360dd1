with classes as (
    select * from {{ ref('stg_training_class') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

directory as (
    select * from {{ ref('int_directory_entry') }}
),

newest as (
    {{ newest_per_key('classes', 'training_class') }}
),

-- Reported by two units it is still one class: the competent department's word counts, else the first department's.
ranked as (
    select
        newest.*,
        row_number() over (
            partition by newest.class_id
            order by
                newest.department_code = newest.competent_department_code desc,
                departments.department_order,
                newest.unit_code
        ) as unit_rank
    from newest
    inner join departments on newest.department_code = departments.department_code
),

in_directory as (
    select distinct ranked.class_id
    from ranked
    inner join directory
        on
            ranked.institution_uscc = directory.institution_uscc
            and ranked.start_date >= directory.valid_from_date
            and (directory.valid_to_date is null or ranked.start_date <= directory.valid_to_date)
            and (directory.removed_date is null or ranked.start_date < directory.removed_date)
    where ranked.unit_rank = 1
),

listed as (
    select distinct institution_uscc from directory
)

select
    ranked.submission_id,
    ranked.row_index,
    ranked.row_number,
    ranked.department_code,
    ranked.unit_code,
    ranked.class_id,
    ranked.class_name,
    ranked.institution_uscc,
    listed.institution_uscc as institution_key,
    ranked.institution_name,
    ranked.training_type_code,
    ranked.special_action_code,
    ranked.program_codes,
    ranked.occupation_code,
    ranked.occupation_name,
    ranked.skill_level_code,
    ranked.training_mode_code,
    ranked.class_mode_code,
    ranked.start_date,
    ranked.end_date,
    ranked.planned_hours,
    ranked.planned_person_count,
    ranked.venue_district_key,
    ranked.funding_source_code,
    coalesce(ranked.is_public_welfare, false) as is_public_welfare,
    coalesce(ranked.is_fee_charged, false) as is_fee_charged,
    ranked.competent_department_code,
    ranked.filing_id,
    in_directory.class_id is not null as is_institution_known,
    (
        {{ is_policy_code('ranked.funding_source_code', 'headline_funding_code', 'ranked.start_date') }}
        or (
            coalesce(ranked.is_public_welfare, false)
            and not coalesce(ranked.is_fee_charged, false)
            and not {{ is_policy_code('ranked.funding_source_code', 'non_headline_funding_code', 'ranked.start_date') }}
        )
    ) as is_headline_funded
from ranked
left join in_directory on ranked.class_id = in_directory.class_id
left join listed on ranked.institution_uscc = listed.institution_uscc
where ranked.unit_rank = 1
