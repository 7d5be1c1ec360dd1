with expected as (
    select * from {{ ref('stg_expected') }}
),

submissions as (
    select * from {{ ref('stg_submission') }}
    where is_newest
),

runs as (
    select * from {{ ref('stg_run') }}
),

-- Whoever delivered in time and corrected later was in time.
first_deliveries as (
    select
        unit_code,
        dataset,
        period,
        min({{ local_date('received_at') }}) as first_received_date
    from {{ ref('stg_delivery') }}
    where submission_id is not null
    group by unit_code, dataset, period
)

select
    expected.department_code,
    expected.unit_code,
    expected.dataset,
    expected.period,
    expected.due_date,
    case
        when submissions.submission_id is null and expected.due_date >= runs.as_of_date then 'not_due'
        when submissions.submission_id is null then 'missing'
        when
            coalesce(first_deliveries.first_received_date, {{ local_date('submissions.received_at') }})
            <= expected.due_date
            then 'on_time'
        else 'late'
    end as state,
    submissions.outcome,
    submissions.submission_id,
    submissions.received_rows,
    submissions.accepted_rows,
    submissions.held_rows,
    submissions.withdrawn_rows,
    submissions.is_nothing_to_report,
    submissions.confirmed_at is not null as is_confirmed
from expected
cross join runs
left join submissions
    on
        expected.unit_code = submissions.unit_code
        and expected.dataset = submissions.dataset
        and expected.period = submissions.period
left join first_deliveries
    on
        expected.unit_code = first_deliveries.unit_code
        and expected.dataset = first_deliveries.dataset
        and expected.period = first_deliveries.period
