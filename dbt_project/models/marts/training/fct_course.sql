with courses as (
    select * from {{ ref('stg_course') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('courses', 'course') }}
)

select
    {{ row_key('newest') }} as course_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.period,
    newest.period_start_date,
    newest.period_end_date,
    {{ period_kind('newest.period') }} as period_kind,
    newest.published_date as event_date,
    newest.course_id,
    newest.course_name,
    newest.course_kind_code,
    newest.special_action_code,
    newest.occupation_code,
    newest.developer_name,
    {{ public_code('newest.developer_uscc') }} as developer_uscc,
    newest.course_hours,
    newest.published_date,
    newest.document,
    newest.status_code,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
