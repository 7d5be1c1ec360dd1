with attendance as (
    select * from {{ ref('int_attendance') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
)

select
    attendance.attendance_key,
    attendance.submission_id,
    attendance.row_number,
    attendance.department_code,
    attendance.unit_code,
    {{ published_person('attendance.person_key') }} as person_key,
    classes.class_id as class_key,
    attendance.session_date,
    attendance.session_start_time,
    attendance.session_end_time,
    attendance.check_method_code,
    attendance.session_hours,
    attendance.is_valid
from attendance
left join classes on attendance.class_id = classes.class_id
left join sensitive on attendance.person_key = sensitive.person_key
