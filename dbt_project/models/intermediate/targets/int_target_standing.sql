-- How settled a figure is (decision 9): whether all that it rests on is in, how much was signed, what was closed, and
-- which of its rows somebody still has to look at.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

expected as (
    select * from {{ ref('stg_expected') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

submissions as (
    select * from {{ ref('stg_submission') }}
    where standing = 'standing'
),

finals as (
    select * from {{ ref('stg_final') }}
),

-- Totals that do not agree with the rows of the same unit.
disagreeing_totals as (
    select distinct
        totals.reported_total_key,
        totals.metric_id,
        totals.period_end_date
    from {{ ref('int_reported_total') }} as totals
    inner join {{ ref('stg_finding') }} as findings
        on totals.submission_id = findings.submission_id and totals.row_index = findings.row_index
    where findings.rule_code = 'AS901' and findings.explained_at is null
),

owed as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        count(*) as owed,
        count(case when expected.due_date < runs.as_of_date then 1 end) as due,
        count(case when submissions.submission_id is not null and expected.due_date < runs.as_of_date then 1 end)
            as received
    from target_periods
    cross join runs
    inner join expected
        on
            position(expected.dataset in target_periods.source_text) > 0
            and expected.period_end_date between target_periods.period_start_date and target_periods.period_end_date
    left join submissions
        on
            expected.unit_code = submissions.unit_code
            and expected.dataset = submissions.dataset
            and expected.period = submissions.period
    group by target_periods.target_id, target_periods.reading, target_periods.period
),

signed as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        cast(sum(months.counted) as bigint) as counted,
        coalesce(cast(sum(case when submissions.confirmed_at is not null then months.counted end) as bigint), 0)
            as confirmed
    from target_periods
    inner join {{ ref('int_target_count') }} as months
        on
            target_periods.target_id = months.target_id
            and target_periods.reading = months.reading
            and months.month_date between target_periods.period_start_date and target_periods.period_end_date
    inner join submissions on months.submission_id = submissions.submission_id
    group by target_periods.target_id, target_periods.reading, target_periods.period
),

disagreeing as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        count(*) as disagreeing
    from target_periods
    inner join disagreeing_totals
        on
            target_periods.target_id = disagreeing_totals.metric_id
            and disagreeing_totals.period_end_date
            between target_periods.period_start_date and target_periods.period_end_date
    group by target_periods.target_id, target_periods.reading, target_periods.period
)

select
    target_periods.target_id,
    target_periods.reading,
    target_periods.period,
    target_periods.period_end_date < runs.as_of_date and coalesce(owed.received >= owed.owed, false) as is_complete,
    coalesce(owed.due, 0) as due_submissions,
    coalesce(owed.received, 0) as received_submissions,
    case when signed.counted > 0 then {{ floor_share('signed.confirmed', 'signed.counted') }} end as confirmed_share,
    case when signed.counted > 0 then coalesce(doubts.warned_rows, 0) end as warned_rows,
    case when signed.counted > 0 then coalesce(doubts.disputed_rows, 0) end as disputed_rows,
    coalesce(disagreeing.disagreeing, 0) as disputed_totals,
    finals.target_id is not null as is_closed,
    finals.actual as closed_actual
from target_periods
cross join runs
left join owed
    on {{ same_target_period('target_periods', 'owed') }}
left join signed
    on {{ same_target_period('target_periods', 'signed') }}
left join {{ ref('int_target_doubt') }} as doubts
    on {{ same_target_period('target_periods', 'doubts') }}
left join disagreeing
    on {{ same_target_period('target_periods', 'disagreeing') }}
left join finals
    on {{ same_target_period('target_periods', 'finals') }}
