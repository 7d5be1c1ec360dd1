with expected as (
    select * from {{ ref('stg_expected') }}
),

submissions as (
    select * from {{ ref('stg_submission') }}
),

-- What its unit withdrew or never confirmed was not sent.
shown as (
    select * from submissions
    where represents_key and coalesce(refusal, 'outcome') = 'outcome'
),

latest as (
    select * from submissions
    where is_latest
),

-- What was refused after the submission that is shown, or of a key that shows none.
refused as (
    select
        submissions.unit_code,
        submissions.dataset,
        submissions.period,
        count(*) as refused_submissions
    from submissions
    left join shown
        on
            submissions.unit_code = shown.unit_code
            and submissions.dataset = shown.dataset
            and submissions.period = shown.period
    where
        submissions.standing = 'refused'
        and submissions.delivery_order > coalesce(shown.delivery_order, -1)
    group by submissions.unit_code, submissions.dataset, submissions.period
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
    expected.period_start_date,
    expected.period_end_date,
    expected.cadence as period_kind,
    expected.due_date,
    runs.as_of_date,
    case
        when not expected.is_owed then 'unasked'
        when shown.submission_id is null and expected.due_date >= runs.as_of_date then 'not_due'
        when shown.submission_id is null then 'missing'
        when
            coalesce(first_deliveries.first_received_date, {{ local_date('shown.received_at') }})
            <= expected.due_date
            then 'on_time'
        else 'late'
    end as state,
    shown.outcome,
    shown.submission_id,
    shown.received_rows,
    shown.accepted_rows,
    shown.held_rows,
    shown.withdrawn_rows,
    shown.is_nothing_to_report,
    shown.confirmed_at is not null as is_confirmed,
    coalesce(shown.has_confirmed_other, false) as has_confirmed_other,
    shown.standing,
    shown.received_at,
    latest.submission_id as latest_submission_id,
    latest.submission_kind as latest_kind,
    latest.standing as latest_standing,
    latest.refusal as latest_refusal,
    latest.outcome as latest_outcome,
    latest.received_at as latest_received_at,
    latest.asked_date as latest_asked_date,
    latest.answer_until_date as latest_answer_until_date,
    coalesce(refused.refused_submissions, 0) as refused_submissions,
    shown.held_back_row_count,
    latest.held_back_answer_date
from expected
cross join runs
left join shown
    on
        expected.unit_code = shown.unit_code
        and expected.dataset = shown.dataset
        and expected.period = shown.period
left join latest
    on
        expected.unit_code = latest.unit_code
        and expected.dataset = latest.dataset
        and expected.period = latest.period
left join refused
    on
        expected.unit_code = refused.unit_code
        and expected.dataset = refused.dataset
        and expected.period = refused.period
left join first_deliveries
    on
        expected.unit_code = first_deliveries.unit_code
        and expected.dataset = first_deliveries.dataset
        and expected.period = first_deliveries.period
