-- How settled a figure is (decision 9): whether all that it rests on is in, how much was signed, what was closed.
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
    where is_current
),

contributions as (
    select * from {{ ref('int_target_contribution') }}
),

finals as (
    select * from {{ ref('stg_final') }}
),

owed as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        count(*) as owed,
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
        count(*) as counted,
        count(submissions.confirmed_at) as confirmed
    from target_periods
    inner join contributions
        on
            target_periods.target_id = contributions.target_id
            and target_periods.reading = contributions.reading
            and contributions.event_date between target_periods.period_start_date and target_periods.period_end_date
    inner join submissions on contributions.submission_id = submissions.submission_id
    group by target_periods.target_id, target_periods.reading, target_periods.period
)

select
    target_periods.target_id,
    target_periods.reading,
    target_periods.period,
    target_periods.period_end_date < runs.as_of_date and coalesce(owed.received >= owed.owed, false) as is_complete,
    case when signed.counted > 0 then {{ floor_share('signed.confirmed', 'signed.counted') }} end as confirmed_share,
    finals.target_id is not null as is_closed,
    finals.actual as closed_actual
from target_periods
cross join runs
left join owed
    on
        target_periods.target_id = owed.target_id
        and target_periods.reading = owed.reading
        and target_periods.period = owed.period
left join signed
    on
        target_periods.target_id = signed.target_id
        and target_periods.reading = signed.reading
        and target_periods.period = signed.period
left join finals
    on
        target_periods.target_id = finals.target_id
        and target_periods.reading = finals.reading
        and target_periods.period = finals.period
