-- A curve of reference/target_curves.csv has every month of its period, never falls, and ends at 1.
with curves as (
    select
        *,
        lag(cumulative_share) over (partition by target_id, period, from_date order by month_end_date desc)
            as later_share
    from {{ ref('stg_target_curve') }}
),

periods as (
    select distinct
        target_id,
        period,
        period_start_date,
        period_end_date
    from {{ ref('rpt_target_progress') }}
),

whole as (
    select
        curves.target_id,
        curves.period,
        curves.from_date,
        min(curves.document) as approval,
        count(distinct {{ month_of('curves.month_end_date') }}) as month_count,
        max(curves.month_end_date) as last_month_end,
        count(case when extract(day from {{ days_after('curves.month_end_date', 1) }}) <> 1 then 1 end) as other_days,
        min(curves.cumulative_share) as first_share,
        max(case when curves.later_share is null then curves.cumulative_share end) as last_share,
        count(case when curves.cumulative_share > curves.later_share then 1 end) as falls
    from curves
    group by curves.target_id, curves.period, curves.from_date
)

select
    whole.target_id,
    whole.period,
    whole.from_date
from whole
left join periods
    on whole.target_id = periods.target_id and whole.period = periods.period
where
    periods.target_id is null
    or whole.approval is null
    or whole.month_count
    <> {{ months_between('periods.period_start_date', 'periods.period_end_date') }} + 1
    or whole.last_month_end <> periods.period_end_date
    or whole.other_days > 0
    or whole.first_share < 0
    or whole.last_share <> 1
    or whole.falls > 0
