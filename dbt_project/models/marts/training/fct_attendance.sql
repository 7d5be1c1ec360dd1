with attendance as (
    select * from {{ ref('int_attendance') }}
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
    attendance.attendance_key,
    attendance.submission_id,
    attendance.row_number,
    attendance.department_code,
    attendance.unit_code,
    {{ published_person('attendance.person_key') }} as person_key,
    classes.class_id as class_key,
    classes.class_id is null as is_class_missing,
    attendance.session_date as event_date,
    attendance.session_date,
    attendance.session_start_time,
    attendance.session_end_time,
    attendance.check_method_code,
    attendance.session_hours,
    attendance.is_valid,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from attendance
left join classes on attendance.class_id = classes.class_id
left join sensitive on attendance.person_key = sensitive.person_key
left join warnings on attendance.attendance_key = warnings.fact_key
left join firsts on attendance.attendance_key = firsts.fact_key
