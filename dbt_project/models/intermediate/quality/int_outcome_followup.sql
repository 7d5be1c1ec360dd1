with followups as (
    select * from {{ ref('stg_outcome_followup') }}
),

newest as (
    {{ newest_per_key('followups', 'outcome_followup') }}
)

select
    {{ row_key('newest') }} as followup_key,
    newest.*,
    -- Of several units' looks at one person in the same month after one class the latest tells.
    row_number() over (
        partition by newest.class_id, newest.person_key, newest.check_month
        order by newest.check_date desc, newest.unit_code
    ) = 1 as is_counted
from newest
