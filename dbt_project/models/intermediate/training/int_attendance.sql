with attendance as (
    select * from {{ ref('stg_attendance') }}
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
    newest.person_key,
    newest.class_id,
    newest.session_date,
    newest.session_start_time,
    newest.session_end_time,
    newest.check_method_code,
    newest.session_hours,
    coalesce(newest.is_valid, true) as is_valid
from newest
