-- What a figure is opened into gives the figure again, for every target, reading and period; and each
-- row but a withheld one leads to its submission.
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
full outer join opened on {{ same_target_period('progress', 'opened') }}
where progress.target_id is null or coalesce(progress.actual, 0) <> coalesce(opened.actual, 0)
union all
select
    contributions.target_id,
    contributions.submission_id,
    contributions.fact
from {{ ref('fct_target_contribution') }} as contributions
left join {{ ref('fct_submission') }} as submissions on contributions.submission_id = submissions.submission_id
where submissions.submission_id is null and contributions.fact <> 'withheld'
