-- One clock for each target: until when its reports are due, and which share should be done by then. Nothing here is
-- counted from the day of the run.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

-- Of a dataset that some report monthly and others quarterly the newest period of all counts.
dues as (
    select
        dataset,
        max(reported_until_date) as due_until_date
    from {{ ref('int_dataset_due') }}
    group by dataset
),

curves as (
    select * from {{ ref('stg_target_curve') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

cut_offs as (
    select
        target_periods.*,
        runs.as_of_date,
        target_periods.clock_kind in ('days', 'curve') as is_on_clock,
        case
            when dues.due_until_date >= target_periods.period_start_date
                then least(dues.due_until_date, target_periods.period_end_date)
        end as cut_off_date
    from target_periods
    cross join runs
    left join dues on target_periods.main_dataset = dues.dataset
),

-- Of several curves of a period that begin by the cut-off the newest holds, with the last month gone.
curve_shares as (
    select
        cut_offs.target_id,
        cut_offs.reading,
        cut_offs.period,
        curves.cumulative_share,
        curves.document,
        row_number() over (
            partition by cut_offs.target_id, cut_offs.reading, cut_offs.period
            order by curves.from_date desc, curves.month_end_date desc
        ) as curve_rank
    from cut_offs
    inner join curves
        on
            cut_offs.target_id = curves.target_id
            and cut_offs.period = curves.period
            and cut_offs.cut_off_date >= curves.from_date
            and cut_offs.cut_off_date >= curves.month_end_date
    where cut_offs.is_on_clock
),

-- The expected share as a part of a whole: days, or a curve's share, so that nothing is rounded before it is
-- compared.
clocks as (
    select
        cut_offs.*,
        curve_shares.document as curve_document,
        case
            when curve_shares.cumulative_share is not null then curve_shares.cumulative_share
            when cut_offs.clock_kind = 'days'
                then {{ days_between('cut_offs.period_start_date', 'cut_offs.cut_off_date') }} + 1
        end as expected_part,
        case
            when curve_shares.cumulative_share is not null then 1
            else {{ days_between('cut_offs.period_start_date', 'cut_offs.period_end_date') }} + 1
        end as expected_whole
    from cut_offs
    left join curve_shares
        on {{ same_target_period('cut_offs', 'curve_shares') }} and curve_shares.curve_rank = 1
)

select
    target_id,
    reading,
    period,
    as_of_date,
    clock_kind,
    is_on_clock,
    cut_off_date,
    coalesce(cut_off_date = period_end_date, false) as is_over,
    coalesce(is_on_clock and expected_part is not null, false) as is_paced,
    cast(expected_part as decimal(18, 4)) as expected_part,
    cast(expected_whole as decimal(18, 4)) as expected_whole,
    {{ floor_share('expected_part', 'expected_whole') }} as expected_share,
    curve_document
from clocks
