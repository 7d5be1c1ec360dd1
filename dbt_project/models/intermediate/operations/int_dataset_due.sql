with expected as (
    select * from {{ ref('stg_expected') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

-- A period is due when the due day of the last unit is over; who is late or missing does not move it.
due_days as (
    select
        dataset,
        cadence,
        period_end_date,
        max(due_date) as due_date
    from expected
    group by dataset, cadence, period_end_date
)

select
    due_days.dataset,
    due_days.cadence,
    max(case when due_days.due_date < runs.as_of_date then due_days.period_end_date end) as reported_until_date,
    max(case when due_days.due_date < runs.as_of_date then due_days.due_date end) as reported_due_date
from due_days
cross join runs
group by due_days.dataset, due_days.cadence
