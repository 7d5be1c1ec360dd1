-- Whose report of the period that ends at the cut-off is not in, and how much of the target that unit gave in the last
-- three periods for which every report was in. What was given is rows and totals, of persons too.
with clocks as (
    select * from {{ ref('int_target_clock') }}
    where is_on_clock and cut_off_date is not null
),

expected as (
    select * from {{ ref('stg_expected') }}
),

submissions as (
    select * from {{ ref('stg_submission') }}
    where standing = 'standing'
),

-- What the figure rests on, and the totals of units that send no rows.
owed as (
    select
        clocks.target_id,
        clocks.reading,
        clocks.period,
        clocks.cut_off_date,
        expected.department_code,
        expected.unit_code,
        expected.period_start_date,
        expected.period_end_date,
        submissions.submission_id is null as is_missing,
        count(submissions.submission_id) over (
            partition by clocks.target_id, clocks.reading, clocks.period, expected.dataset, expected.unit_code
        ) > 0 as has_reported
    from clocks
    inner join {{ ref('int_target_period') }} as target_periods
        on {{ same_target_period('clocks', 'target_periods') }}
    inner join expected
        on
            clocks.as_of_date > expected.due_date
            and clocks.cut_off_date >= expected.period_end_date
            and {{ feeds_target('expected', 'target_periods') }}
    left join submissions
        on
            expected.unit_code = submissions.unit_code
            and expected.dataset = submissions.dataset
            and expected.period = submissions.period
),

-- A unit that never reported makes no period incomplete: it gave nothing.
complete as (
    select
        target_id,
        reading,
        period,
        period_start_date,
        period_end_date,
        row_number() over (partition by target_id, reading, period order by period_end_date desc) as periods_ago
    from owed
    group by target_id, reading, period, period_start_date, period_end_date
    having count(case when is_missing and has_reported then 1 end) = 0
),

amounts as (
    select target_id, reading, month_date, department_code, district_key, counted as amount
    from {{ ref('int_target_count') }}
    union all
    select target_id, reading, month_date, department_code, {{ district_of('unit_code') }}, totals_only
    from {{ ref('int_target_component') }}
    where totals_only is not null
),

shares as (
    select
        complete.target_id,
        complete.reading,
        complete.period,
        amounts.department_code,
        amounts.district_key,
        sum(amounts.amount) as given_amount,
        sum(sum(amounts.amount)) over (partition by complete.target_id, complete.reading, complete.period)
            as whole_amount
    from complete
    inner join amounts
        on
            complete.target_id = amounts.target_id
            and complete.reading = amounts.reading
            and amounts.month_date between complete.period_start_date and complete.period_end_date
    where complete.periods_ago <= 3
    group by complete.target_id, complete.reading, complete.period, amounts.department_code, amounts.district_key
),

missing as (
    select distinct target_id, reading, period, department_code, unit_code
    from owed
    where is_missing and period_end_date = cut_off_date
)

select
    missing.target_id,
    missing.reading,
    missing.period,
    missing.unit_code,
    coalesce({{ floor_share('shares.given_amount', 'shares.whole_amount') }}, 0) as given_share,
    coalesce(shares.given_amount, 0) > 0
    and shares.given_amount >= shares.whole_amount * {{ policy_value('missing_unit_share') }} as is_weighty
from missing
left join shares
    on
        {{ same_target_period('missing', 'shares') }}
        and missing.department_code = shares.department_code
        and {{ district_of('missing.unit_code') }} = shares.district_key
