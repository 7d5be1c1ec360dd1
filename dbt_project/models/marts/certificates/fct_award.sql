with awards as (
    select * from {{ ref('int_award') }}
),

firsts as (
    select * from {{ ref('int_first_row') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
)

select
    awards.award_key,
    awards.submission_id,
    awards.row_number,
    awards.department_code,
    awards.unit_code,
    {{ published_person('awards.person_key') }} as person_key,
    awards.award_code,
    awards.award_year,
    {{ year_start('awards.award_year') }} as event_date,
    awards.award_date,
    awards.document_id,
    awards.employer_name,
    awards.occupation_name,
    awards.skill_level_code,
    awards.bonus_fen,
    awards.status_code,
    awards.is_announced,
    awards.is_counted,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from awards
left join sensitive on awards.person_key = sensitive.person_key
left join warnings on awards.award_key = warnings.fact_key
left join firsts on awards.award_key = firsts.fact_key
