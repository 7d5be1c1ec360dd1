-- What became of each participation of the classes whose last reports were due: those that count, and those that were
-- not completed.
with dues as (
    select * from {{ ref('int_dataset_due') }}
    where dataset = 'training_record' and cadence = 'monthly'
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

participations as (
    select
        *,
        coalesce(event_date, end_date) as ended_date
    from {{ ref('int_participation') }}
    where is_counted or not_counted_reason = 'not_completed'
),

certificates as (
    select
        person_key,
        occupation_code,
        issue_date,
        {{ skill_level_rank('skill_level_code') }} as level_rank
    from {{ ref('int_certificate') }}
    where
        is_counted
        and {{ is_policy_code('certificate_type_code', 'skill_certificate_code', 'issue_date') }}
        and occupation_code is not null
),

followups as (
    select
        person_key,
        class_id,
        bool_or(is_at_work) as is_at_work
    from {{ ref('int_outcome_followup') }}
    where is_latest
    group by person_key, class_id
),

ended as (
    select
        participations.participation_key,
        participations.class_id,
        participations.institution_key,
        participations.occupation_code,
        participations.skill_level_code,
        participations.department_code,
        participations.person_key,
        participations.ended_date,
        participations.is_completed,
        participations.exam_result_code,
        participations.is_employed_after,
        {{ days_after('participations.ended_date', 'upgrade.threshold_value') }} as upgrade_until_date,
        runs.as_of_date
    from participations
    cross join runs
    inner join dues on participations.end_date <= dues.reported_until_date
    {{ join_threshold('upgrade', 'upgrade_days', 'participations.ended_date') }}
),

-- The best certificate of the same person and occupation in the days after, and the best one held before.
upgrades as (
    select
        ended.participation_key,
        max(
            case when certificates.issue_date >= ended.ended_date then certificates.level_rank end
        ) as level_rank,
        max(
            case when certificates.issue_date < ended.ended_date then certificates.level_rank end
        ) as earlier_level_rank
    from ended
    inner join certificates
        on
            ended.person_key = certificates.person_key
            and ended.occupation_code = certificates.occupation_code
            and ended.upgrade_until_date >= certificates.issue_date
    where ended.is_completed
    group by ended.participation_key
)

select
    ended.participation_key,
    ended.class_id,
    ended.institution_key,
    ended.occupation_code,
    ended.department_code,
    ended.is_completed,
    coalesce(ended.exam_result_code in ('0', '1', '3'), false) as is_examined,
    coalesce(ended.exam_result_code in ('1', '3'), false) as is_passed,
    -- Only a class for a level leads to a certificate; and who may still get one in time is not judged yet.
    ended.is_completed and ended.skill_level_code is not null and ended.upgrade_until_date <= ended.as_of_date
        as is_upgrade_known,
    upgrades.level_rank is not null as is_certified,
    upgrades.level_rank is not null and upgrades.earlier_level_rank is not null as has_earlier_certificate,
    coalesce(upgrades.level_rank > upgrades.earlier_level_rank, false) as is_level_raised,
    ended.is_completed and coalesce(followups.is_at_work, ended.is_employed_after) is not null as is_employment_known,
    ended.is_completed and coalesce(followups.is_at_work, ended.is_employed_after, false) as is_employed
from ended
left join upgrades on ended.participation_key = upgrades.participation_key
left join followups on ended.person_key = followups.person_key and ended.class_id = followups.class_id
