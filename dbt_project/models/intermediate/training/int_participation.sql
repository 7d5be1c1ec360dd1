{% set sent = [
    'submission_id', 'row_index', 'row_number', 'department_code', 'unit_code', 'person_key', 'sex_code',
    'birth_year', 'home_province_code', 'class_id', 'person_category_codes', 'education_code',
    'hukou_type_code', 'employer_key', 'employer_industry_code', 'agreement_start_date', 'agreement_end_date',
    'industry_cluster_code', 'attended_hours', 'attendance_rate', 'theory_score', 'practice_score',
    'exam_result_code', 'is_employed_after', 'is_voucher_used', 'mobile_key',
] -%}
with records as (
    select * from {{ ref('stg_training_record') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('records', 'training_record') }}
),

participations as (
    select
        {{ row_key('newest') }} as participation_key,
        {% for column in sent -%}
            newest.{{ column }},
        {% endfor -%}
        coalesce(newest.is_completed, false) as is_completed,
        classes.institution_key,
        classes.venue_district_key,
        classes.occupation_code,
        classes.skill_level_code,
        classes.funding_source_code,
        classes.special_action_code,
        classes.program_codes,
        classes.start_date,
        classes.end_date,
        classes.is_public_welfare,
        classes.is_headline_funded,
        classes.competent_department_code,
        departments.department_order,
        case when newest.is_completed then coalesce(newest.completion_date, classes.end_date) end as event_date,
        case
            when classes.class_id is null then 'unknown_class'
            when not classes.is_institution_known then 'unknown_institution'
            when not coalesce(newest.is_completed, false) then 'not_completed'
        end as own_reason,
        -- Classes of one occupation and level may be the same training; without either, only the same class is.
        coalesce(classes.occupation_code || '|' || classes.skill_level_code, newest.class_id) as match_key
    from newest
    inner join departments on newest.department_code = departments.department_code
    left join classes on newest.class_id = classes.class_id
),

-- Within one person and match key the groups of overlapping dates are one training.
eligible as (
    select * from participations
    where own_reason is null
),

islands as (
    {{ overlapping('eligible', 'person_key, match_key') }}
),

credited as (
    select
        participations.participation_key,
        first_value(participations.participation_key) over credit as counted_participation_key,
        first_value(participations.department_code) over credit as counted_department_code,
        count(*) over (
            partition by participations.person_key, participations.match_key, islands.island_number
        ) as reported_count
    from participations
    inner join islands on participations.participation_key = islands.participation_key
    window credit as (
        partition by participations.person_key, participations.match_key, islands.island_number
        order by
            participations.department_code = participations.competent_department_code desc,
            participations.department_order,
            participations.unit_code,
            participations.event_date nulls last,
            participations.class_id nulls last
    )
)

select
    participations.*,
    credited.counted_department_code,
    case when credited.reported_count > 1 then credited.counted_participation_key end as duplicate_group_key,
    coalesce(credited.counted_participation_key = participations.participation_key, false) as is_counted,
    coalesce(
        participations.own_reason,
        case when credited.counted_participation_key <> participations.participation_key then 'duplicate' end
    ) as not_counted_reason,
    coalesce(
        credited.counted_participation_key = participations.participation_key
        and participations.is_headline_funded, false
    ) as counts_to_headline
from participations
left join credited on participations.participation_key = credited.participation_key
