-- What each department had done in a month when it was closed, beside what that is now, and which of its submissions
-- came after the closing where it moved. Closings that tell of the city alone have no rows.
with closed as (
    select * from {{ ref('stg_closed_month') }}
    where task_split = ''
),

own as (
    select * from closed
    where department_code <> ''
),

city as (
    select * from closed
    where department_code = '' and month_date in (select own.month_date from own)
),

months as (
    select * from {{ ref('rpt_target_department_month') }}
),

target_periods as (
    select * from {{ ref('int_target_period') }}
),

-- Whoever had done something then, or has now.
departments as (
    select month_date, target_id, reading, period, department_code from own
    union distinct
    select month_date, target_id, reading, period, department_code from months
),

movers as (
    select
        month_date,
        target_id,
        reading,
        period,
        department_code,
        count(*) as later_submissions,
        max(case when newest_rank_of_department = 1 then submission_id end) as newest_submission_id,
        max(case when newest_rank_of_department = 1 then submission_kind end) as newest_kind
    from {{ ref('int_closed_month_submission') }}
    group by month_date, target_id, reading, period, department_code
),

compared as (
    select
        departments.*,
        city.publication_id,
        city.closed_at,
        case when own.department_code is null then 0 else own.amount end as closed_actual,
        case when months.department_code is null then 0 else months.actual end as actual
    from departments
    inner join city
        on {{ same_target_period('departments', 'city') }} and departments.month_date = city.month_date
    left join own
        on
            {{ same_target_period('departments', 'own') }}
            and departments.month_date = own.month_date
            and departments.department_code = own.department_code
    left join months
        on
            {{ same_target_period('departments', 'months') }}
            and departments.month_date = months.month_date
            and departments.department_code = months.department_code
),

judged as (
    select
        *,
        case
            when closed_actual is null or actual is null then 'withheld'
            when closed_actual = actual then 'closed'
            else 'revised'
        end as figure_state
    from compared
)

select
    judged.month_date,
    judged.target_id,
    judged.reading,
    judged.period,
    target_periods.period_start_date,
    target_periods.period_end_date,
    target_periods.period_kind,
    judged.department_code,
    judged.publication_id,
    judged.closed_at,
    cast(judged.closed_actual as decimal(18, 4)) as closed_actual,
    cast(judged.actual as decimal(18, 4)) as actual,
    judged.figure_state,
    case when judged.figure_state = 'revised' then coalesce(movers.newest_kind, 'no_submission') end as revision_reason,
    case when judged.figure_state = 'revised' then coalesce(movers.later_submissions, 0) end as later_submissions,
    case when judged.figure_state = 'revised' then movers.newest_submission_id end as newest_submission_id
from judged
left join target_periods
    on {{ same_target_period('judged', 'target_periods') }}
left join movers
    on
        {{ same_target_period('judged', 'movers') }}
        and judged.month_date = movers.month_date
        and judged.department_code = movers.department_code
