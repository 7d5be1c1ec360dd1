-- Figures of closed months beside what they are now, and which submissions came after the closing where they moved.
with closed as (
    select * from {{ ref('stg_closed_month') }}
    where task_split = '' and department_code = ''
),

target_periods as (
    select * from {{ ref('int_target_period') }}
),

months as (
    select * from {{ ref('rpt_target_month') }}
),

movers as (
    select
        month_date,
        target_id,
        reading,
        period,
        count(distinct submission_id) as later_submissions,
        max(case when newest_rank = 1 then submission_id end) as newest_submission_id,
        max(case when newest_rank = 1 then submission_kind end) as newest_kind
    from {{ ref('int_closed_month_submission') }}
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
