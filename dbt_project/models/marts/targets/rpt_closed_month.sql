-- Figures of closed months beside what they are now, and which submissions came after the closing where they moved.
with closed as (
    select * from {{ ref('stg_closed_month') }}
    where task_split = ''
),

target_periods as (
    select * from {{ ref('int_target_period') }}
),

months as (
    select * from {{ ref('rpt_target_month') }}
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
        submission_id
    from {{ ref('int_target_contribution') }}
),

-- What came after a closing and either tells of the month or stands for a period in which the month lies.
later as (
    select
        closed.month_date,
        closed.target_id,
        closed.reading,
        closed.period,
        submissions.submission_id,
        submissions.submission_kind,
        row_number() over (
            partition by closed.month_date, closed.target_id, closed.reading, closed.period
            order by submissions.delivery_order desc, submissions.submission_id
        ) as newest_rank
    from closed
    inner join target_periods
        on {{ same_target_period('closed', 'target_periods') }}
    inner join submissions
        on
            closed.closed_at < submissions.received_at
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
),

movers as (
    select
        month_date,
        target_id,
        reading,
        period,
        count(*) as later_submissions,
        max(case when newest_rank = 1 then submission_id end) as newest_submission_id,
        max(case when newest_rank = 1 then submission_kind end) as newest_kind
    from later
    group by month_date, target_id, reading, period
),

compared as (
    select
        closed.*,
        months.actual,
        coalesce(closed.amount = months.actual, closed.amount is null and months.actual is null) as is_unchanged
    from closed
    left join months
        on {{ same_target_period('closed', 'months') }} and closed.month_date = months.month_date
)

select
    compared.month_date,
    compared.target_id,
    compared.reading,
    compared.period,
    target_periods.period_start_date,
    target_periods.period_end_date,
    target_periods.period_kind,
    compared.publication_id,
    compared.closed_at,
    compared.amount as closed_actual,
    compared.actual,
    case when compared.is_unchanged then 'closed' else 'revised' end as figure_state,
    -- Rules, reference tables and what was taken away move a figure as well: then no submission came.
    case
        when compared.is_unchanged then null
        when movers.later_submissions is null then 'no_submission'
        else movers.newest_kind
    end as revision_reason,
    case when not compared.is_unchanged then coalesce(movers.later_submissions, 0) end as later_submissions,
    case when not compared.is_unchanged then movers.newest_submission_id end as newest_submission_id
from compared
left join target_periods
    on {{ same_target_period('compared', 'target_periods') }}
left join movers
    on {{ same_target_period('compared', 'movers') }} and compared.month_date = movers.month_date
