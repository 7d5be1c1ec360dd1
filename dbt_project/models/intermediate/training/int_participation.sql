{% set sent = [
    'submission_id', 'row_index', 'row_number', 'department_code', 'unit_code', 'person_key', 'sex_code',
    'birth_year', 'home_province_code', 'class_id', 'person_category_codes', 'education_code',
    'hukou_type_code', 'employer_key', 'employer_industry_code', 'agreement_start_date', 'agreement_end_date',
    'industry_cluster_code', 'attended_hours', 'attendance_rate', 'theory_score', 'practice_score',
    'exam_result_code', 'is_employed_after', 'is_employer_named', 'is_voucher_used', 'mobile_key',
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

-- Within one person and match key the groups of overlapping dates are one training; nearly all have one row alone.
repeated as (
    select
        person_key,
        match_key
    from participations
    where own_reason is null
    group by person_key, match_key
    having count(*) > 1
),

eligible as (
    select participations.*
    from participations
    inner join repeated
        on participations.person_key = repeated.person_key and participations.match_key = repeated.match_key
    where participations.own_reason is null
),

islands as (
    {{ overlapping('eligible', 'person_key, match_key') }}
),

credited as (
    select
        eligible.participation_key,
        first_value(eligible.participation_key) over credit as counted_participation_key,
        first_value(eligible.department_code) over credit as counted_department_code,
        count(*) over (partition by eligible.person_key, eligible.match_key, islands.island_number) as reported_count
    from eligible
    inner join islands on eligible.participation_key = islands.participation_key
    window credit as (
        partition by eligible.person_key, eligible.match_key, islands.island_number
        order by
            eligible.department_code = eligible.competent_department_code desc,
            eligible.department_order,
            eligible.unit_code,
            eligible.event_date nulls last,
            eligible.class_id nulls last
    )
),

judged as (
    select
        participations.*,
        case
            when participations.own_reason is null
                then coalesce(credited.counted_department_code, participations.department_code)
        end as counted_department_code,
        case when credited.reported_count > 1 then credited.counted_participation_key end as duplicate_group_key,
        coalesce(
            participations.own_reason,
            case when credited.counted_participation_key <> participations.participation_key then 'duplicate' end
        ) as not_counted_reason
    from participations
    left join credited on participations.participation_key = credited.participation_key
)

select
    *,
    not_counted_reason is null as is_counted,
    not_counted_reason is null and coalesce(is_headline_funded, false) as counts_to_headline
from judged
