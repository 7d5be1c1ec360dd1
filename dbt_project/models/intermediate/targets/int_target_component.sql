-- What enters a figure without rows: what remains of opening balances, and the totals of units that may not send rows.
with target_periods as (
    select * from {{ ref('int_target_period') }}
    where has_reported_totals
),

balances as (
    select * from {{ ref('int_opening_balance') }}
),

totals as (
    select
        *,
        row_number() over (
            partition by metric_id, unit_code, period, part_code
            order by submission_id, row_index
        ) as place
    from {{ ref('int_reported_total') }}
    where is_unit_total or is_unit_part
),

-- What remains is laid on the rows that declared it, one after the other, so that it leads to them; how much of it is
-- verified stands on the first.
remaining as (
    select
        totals.metric_id,
        totals.department_code,
        totals.unit_code,
        totals.part_code,
        totals.submission_id,
        totals.row_index,
        totals.row_number,
        totals.period_end_date,
        least(
            totals.cumulative_value,
            greatest(
                balances.remaining - coalesce(
                    sum(totals.cumulative_value) over (
                        partition by totals.metric_id, totals.unit_code, totals.part_code
                        order by totals.submission_id, totals.row_index
                        rows between unbounded preceding and 1 preceding
                    ), 0
                ), 0
            )
        ) as opening_balance,
        null as totals_only,
        case when totals.place = 1 then balances.declared end as declared,
        case when totals.place = 1 then balances.verified end as verified
    from totals
    inner join balances
        on
            totals.metric_id = balances.target_id
            and totals.unit_code = balances.unit_code
            and coalesce(totals.part_code, '') = coalesce(balances.part_code, '')
    where totals.period = '{{ policy_value('opening_balance_period') }}' and totals.cumulative_value is not null
),

entries as (
    select * from remaining
    union all
    select
        metric_id, department_code, unit_code, part_code, submission_id, row_index, row_number, period_end_date, null,
        period_value, null, null
    from totals
    where
        is_unit_total
        and period_value is not null
        and period > '{{ policy_value('opening_balance_period') }}'
        and {{ is_policy_code('department_code', 'totals_only_department', 'period_end_date') }}
)

-- Which readings have one is said in reference/target_definitions.csv: whole-year feeds (awards) and figures that are
-- themselves reported totals have none; nor have readings of which no unit reports a total, unless they contain the
-- main one.
select
    target_periods.target_id,
    target_periods.reading,
    target_periods.period,
    {{ month_of('entries.period_end_date') }} as month_date,
    entries.submission_id,
    entries.row_index,
    entries.row_number,
    entries.department_code,
    entries.unit_code,
    {{ district_of('entries.unit_code') }} as district_key,
    entries.part_code,
    entries.period_end_date,
    entries.opening_balance,
    entries.totals_only,
    entries.declared,
    entries.verified
from target_periods
inner join entries
    on
        target_periods.target_id = entries.metric_id
        and entries.period_end_date between target_periods.period_start_date and target_periods.period_end_date
