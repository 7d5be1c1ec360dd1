with followups as (
    select * from {{ ref('stg_outcome_followup') }}
),

newest as (
    {{ newest_per_key('followups', 'outcome_followup') }}
)

select
    {{ row_key('newest') }} as followup_key,
    newest.*,
    -- Of several looks at one person after one class the latest tells.
    row_number() over (
        partition by newest.class_id, newest.person_key
        order by newest.check_month desc, newest.check_date desc, newest.unit_code
    ) = 1 as is_latest,
    coalesce(newest.is_employed, false) or coalesce(newest.has_started_business, false) as is_at_work
from newest
