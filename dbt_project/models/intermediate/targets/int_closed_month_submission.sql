-- What came after a month was closed and either tells of it or stands for a period in which it lies, for each figure
-- that was closed: with the department that its rows of the month are credited to, else its own.
with closed as (
    select * from {{ ref('stg_closed_month') }}
    where task_split = '' and department_code = ''
),

target_periods as (
    select * from {{ ref('int_target_period') }}
),

submissions as (
    select * from {{ ref('stg_submission') }}
    where standing = 'standing'
),

contributions as (
    select distinct
        target_id,
        reading,
        month_date,
        submission_id,
        department_code
    from {{ ref('int_target_count') }}
),

later as (
    select
        closed.month_date,
        closed.target_id,
        closed.reading,
        closed.period,
        coalesce(contributions.department_code, submissions.department_code) as department_code,
        submissions.submission_id,
        submissions.submission_kind,
        submissions.delivery_order
    from closed
    inner join target_periods
        on {{ same_target_period('closed', 'target_periods') }}
    inner join submissions
        on
            -- Both are told in whole seconds, and what was closed had been published seconds before.
            closed.closed_at <= submissions.received_at
            and position(submissions.dataset in target_periods.source_text) > 0
    left join contributions
        on
            closed.target_id = contributions.target_id
            and closed.reading = contributions.reading
            and closed.month_date = contributions.month_date
            and submissions.submission_id = contributions.submission_id
    where
        contributions.submission_id is not null
        or closed.month_date between submissions.period_start_date and submissions.period_end_date
)

select
    month_date,
    target_id,
    reading,
    period,
    department_code,
    submission_id,
    submission_kind,
    row_number() over (
        partition by month_date, target_id, reading, period
        order by delivery_order desc, submission_id, department_code nulls last
    ) as newest_rank,
    row_number() over (
        partition by month_date, target_id, reading, period, department_code
        order by delivery_order desc, submission_id
    ) as newest_rank_of_department
from later
