-- The last month's cumulative figure is the period's actual.
with months as (
    select
        target_id,
        reading,
        period,
        cast(sum(actual) as decimal(18, 4)) + max(opening_balance) as by_months,
        max(cumulative_actual) as cumulative
    from {{ ref('rpt_target_month') }}
    group by target_id, reading, period
),

progress as (
    select * from {{ ref('rpt_target_progress') }}
)

select
    months.target_id,
    months.reading,
    months.period
from months
inner join progress
    on
        months.target_id = progress.target_id
        and months.reading = progress.reading
        and months.period = progress.period
where months.by_months <> progress.actual or months.cumulative <> progress.actual
