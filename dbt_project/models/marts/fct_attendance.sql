with attendance as (
    select * from {{ ref('stg_attendance') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

newest as (
    {{ newest_per_key('attendance', 'attendance') }}
)

select
    {{ row_key('newest') }} as attendance_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    {{ published_person('newest.person_key') }} as person_key,
    classes.class_id as class_key,
    newest.session_date,
    newest.session_start_time,
    newest.session_end_time,
    newest.check_method_code,
    newest.session_hours,
    coalesce(newest.is_valid, true) as is_valid
from newest
left join classes on newest.class_id = classes.class_id
left join sensitive on newest.person_key = sensitive.person_key
