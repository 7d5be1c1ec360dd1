-- What a figure is opened into gives the figure again, for every target, reading and period.
with opened as (
    select
        target_id,
        reading,
        period,
        case
            when count(base_amount) > 0 then {{ floor_percent('sum(amount)', 'sum(base_amount)') }}
            else sum(amount)
        end as actual
    from {{ ref('fct_target_contribution') }}
    group by target_id, reading, period
)

select
    progress.target_id,
    progress.reading,
    progress.period
from {{ ref('rpt_target_progress') }} as progress
full outer join opened
    on
        progress.target_id = opened.target_id
        and progress.reading = opened.reading
        and progress.period = opened.period
where progress.target_id is null or coalesce(progress.actual, 0) <> coalesce(opened.actual, 0)
