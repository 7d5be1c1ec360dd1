with participations as (
    select * from {{ ref('int_participation') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
)

select
    participations.participation_key,
    participations.submission_id,
    participations.row_number,
    participations.department_code,
    participations.unit_code,
    {{ published_person('participations.person_key') }} as person_key,
    -- A class that no unit has reported yet has no row in dim_class.
    case when participations.start_date is not null then participations.class_id end as class_key,
    participations.institution_key,
    {{ district_of('participations.unit_code') }} as district_key,
    participations.venue_district_key,
    participations.industry_cluster_code,
    participations.occupation_code,
    participations.skill_level_code,
    participations.funding_source_code,
    participations.special_action_code,
    participations.program_codes,
    participations.start_date,
    participations.end_date,
    participations.event_date,
    participations.attended_hours,
    participations.is_completed,
    participations.exam_result_code in ('1', '3') as is_passed,
    participations.is_public_welfare,
    participations.counts_to_headline,
    participations.is_counted,
    participations.not_counted_reason,
    participations.counted_department_code,
    participations.duplicate_group_key
from participations
left join sensitive on participations.person_key = sensitive.person_key
