with followups as (
    select * from {{ ref('int_outcome_followup') }}
),

classes as (
    select * from {{ ref('int_class') }}
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
    followups.followup_key,
    followups.submission_id,
    followups.row_number,
    followups.department_code,
    followups.unit_code,
    {{ published_person('followups.person_key') }} as person_key,
    classes.class_id as class_key,
    classes.class_id is null as is_class_missing,
    followups.check_date as event_date,
    followups.check_month,
    followups.check_date,
    followups.is_employed,
    {{ published_person('followups.employer_key') }} as employer_key,
    {{ published_person(public_code('followups.employer_key')) }} as employer_uscc,
    {{ published_person(is_sole_trader('followups.employer_key')) }} as is_employer_sole_trader,
    followups.has_started_business,
    followups.is_still_operating,
    followups.source_code,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from followups
left join classes on followups.class_id = classes.class_id
left join sensitive on followups.person_key = sensitive.person_key
left join warnings on followups.followup_key = warnings.fact_key
left join firsts on followups.followup_key = firsts.fact_key
