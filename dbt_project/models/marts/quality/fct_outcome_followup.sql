with followups as (
    select * from {{ ref('int_outcome_followup') }}
),

classes as (
    select * from {{ ref('int_class') }}
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
    followups.check_month,
    followups.check_date,
    followups.is_employed,
    followups.has_started_business,
    followups.is_still_operating,
    followups.source_code
from followups
left join classes on followups.class_id = classes.class_id
left join sensitive on followups.person_key = sensitive.person_key
