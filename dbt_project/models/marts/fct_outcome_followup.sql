with followups as (
    select * from {{ ref('stg_outcome_followup') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

newest as (
    {{ newest_per_key('followups', 'outcome_followup') }}
)

select
    {{ row_key('newest') }} as followup_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    {{ published_person('newest.person_key') }} as person_key,
    classes.class_id as class_key,
    newest.check_month,
    newest.check_date,
    newest.is_employed,
    newest.has_started_business,
    newest.is_still_operating,
    newest.source_code
from newest
left join classes on newest.class_id = classes.class_id
left join sensitive on newest.person_key = sensitive.person_key
