with activities as (
    select * from {{ ref('stg_publicity') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('activities', 'publicity') }}
)

select
    {{ row_key('newest') }} as publicity_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.period,
    newest.period_start_date,
    newest.period_end_date,
    {{ period_kind('newest.period') }} as period_kind,
    newest.start_date as event_date,
    newest.activity_id,
    newest.activity_name,
    newest.publicity_kind_code,
    newest.start_date,
    newest.end_date,
    newest.channel,
    newest.piece_count,
    newest.audience_count,
    newest.host_name,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
