{% set checks = [3, 6, 12, 24] -%}
-- What became of each participation that ended by the cut-off: those that count, and those that were not completed.
-- The cut-off is that of the reports: the end of the last month of which all that tells of training is due.
with dues as (
    {{ quality_cut_off() }}
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

participations as (
    select
        *,
        case when is_completed then event_date else end_date end as ended_date
    from {{ ref('int_participation') }}
    where is_counted or not_counted_reason = 'not_completed'
),

certificates as (
    select
        *,
        {{ skill_level_rank('skill_level_code') }} as level_rank
    from {{ ref('int_certificate') }}
    where is_counted
),

looks as (
    select * from {{ ref('int_followup_outcome') }}
),

ended as (
    select
        participations.*,
        dues.cut_off_date,
        classes.quality_kind,
        classes.certificate_type_codes,
        classes.is_certificate_known,
        {{ days_after('participations.ended_date', 'upgrade.threshold_value') }} as certified_until_date
    from participations
    inner join dues on participations.ended_date <= dues.cut_off_date
    inner join {{ ref('int_class_quality') }} as classes on participations.class_id = classes.class_id
    {{ join_threshold('upgrade', 'upgrade_days', 'participations.ended_date') }}
),

-- The best of the kind in the days after, and the best of the occupation before.
upgrades as (
    select
        ended.participation_key,
        max(case when certificates.issue_date >= ended.ended_date then certificates.level_rank end) as level_rank,
        max(
            case
                when
                    certificates.issue_date < ended.ended_date
                    and certificates.occupation_code = ended.occupation_code
                    then certificates.level_rank
            end
        ) as earlier_level_rank
    from ended
    inner join certificates
        on
            ended.person_key = certificates.person_key
            and certificates.issue_date <= least(ended.certified_until_date, ended.cut_off_date)
            and (ended.occupation_code = certificates.occupation_code or ended.class_id = certificates.class_key)
            and ';' || ended.certificate_type_codes || ';' like '%;' || certificates.certificate_type_code || ';%'
    where ended.is_completed
    group by ended.participation_key
)

select
    {% for month in checks %}
        ended.is_completed
        and {{ months_after('ended.ended_date', month) }} <= ended.cut_off_date as is_due_{{ month }},
        looks.is_employed_{{ month }},
        coalesce(looks.has_started_{{ month }}, false) as has_started_{{ month }},
        coalesce(looks.is_business_known_{{ month }}, false) as is_business_known_{{ month }},
        coalesce(looks.is_operating_{{ month }}, false) as is_operating_{{ month }},
    {% endfor %}
    ended.participation_key,
    ended.class_id,
    ended.institution_key,
    ended.occupation_code,
    ended.department_code,
    ended.person_key,
    ended.quality_kind,
    ended.cut_off_date,
    ended.ended_date,
    ended.is_completed,
    ended.exam_result_code is not null as is_exam_known,
    coalesce(ended.exam_result_code in ('0', '1', '3'), false) as is_examined,
    coalesce(ended.exam_result_code in ('1', '3'), false) as is_passed,
    ended.is_completed and ended.is_certificate_known as is_certificate_known,
    upgrades.level_rank is not null as is_certified,
    upgrades.level_rank is not null and upgrades.earlier_level_rank is not null as has_earlier_certificate,
    coalesce(upgrades.level_rank > upgrades.earlier_level_rank, false) as is_level_raised,
    -- Of whom work is asked: no employer before, and a group of whom it can be (reference/policy.csv).
    ended.is_completed
    and ended.quality_kind = 'employment'
    and not coalesce(ended.is_employer_named, false)
    and coalesce(ended.employer_key, ended.employer_industry_code) is null
    and {{ has_code('ended.person_category_codes', policy_codes('employment_asked_category')) }}
    and not {{ has_code('ended.person_category_codes', policy_codes('employment_not_asked_category')) }}
        as is_work_asked,
    ended.is_completed and ended.quality_kind = 'entrepreneurship' as is_founder,
    ended.is_completed
    and {{ has_code('ended.program_codes', policy_codes('founders_program')) }} as is_of_founders_program
from ended
left join upgrades on ended.participation_key = upgrades.participation_key
left join looks on ended.person_key = looks.person_key and ended.class_id = looks.class_id
