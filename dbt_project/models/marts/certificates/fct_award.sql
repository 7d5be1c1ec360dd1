with awards as (
    select * from {{ ref('int_award') }}
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
    awards.award_date,
    awards.document_id,
    awards.employer_name,
    awards.occupation_name,
    awards.skill_level_code,
    awards.bonus_fen,
    awards.status_code,
    awards.is_counted
from awards
left join sensitive on awards.person_key = sensitive.person_key
