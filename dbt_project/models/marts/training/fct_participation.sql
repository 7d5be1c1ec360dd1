with participations as (
    select * from {{ ref('int_participation') }}
),

firsts as (
    select * from {{ ref('int_first_row') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

withheld as (
    select * from {{ ref('int_withheld_class') }}
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
    participations.start_date is null as is_class_missing,
    participations.institution_key,
    {{ district_of('participations.unit_code') }} as district_key,
    participations.venue_district_key,
    participations.industry_cluster_code,
    participations.occupation_code,
    participations.skill_level_code,
    participations.funding_source_code,
    participations.special_action_code,
    case when withheld.class_id is null then participations.program_codes end as program_codes,
    participations.event_date,
    participations.start_date,
    participations.end_date,
    participations.attended_hours,
    participations.attendance_rate as attendance_share,
    participations.is_completed,
    participations.exam_result_code in ('1', '3') as is_passed,
    participations.theory_score,
    participations.practice_score,
    {{ published_person('participations.is_employed_after') }} as is_employed_after,
    {{ published_person('participations.is_voucher_used') }} as is_voucher_used,
    {{ published_person('participations.education_code') }} as education_code,
    {{ published_person('participations.hukou_type_code') }} as hukou_type_code,
    {{ published_person('participations.employer_key') }} as employer_key,
    {{ published_person(public_code('participations.employer_key')) }} as employer_uscc,
    {{ published_person(is_sole_trader('participations.employer_key')) }} as is_employer_sole_trader,
    {{ published_person('participations.employer_industry_code') }} as employer_industry_code,
    {{ published_person(
        months_between('participations.agreement_start_date', days_after('participations.agreement_end_date', 1))
    ) }} as agreement_months,
    participations.is_public_welfare,
    participations.counts_to_headline,
    participations.is_counted,
    participations.not_counted_reason,
    participations.counted_department_code,
    participations.duplicate_group_key,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from participations
left join sensitive on participations.person_key = sensitive.person_key
left join warnings on participations.participation_key = warnings.fact_key
left join firsts on participations.participation_key = firsts.fact_key
left join withheld on participations.class_id = withheld.class_id
