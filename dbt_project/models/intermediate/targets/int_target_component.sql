-- What enters a figure without rows: opening balances, and the totals of units that may not send rows.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

totals as (
    select * from {{ ref('int_reported_total') }}
    where is_unit_total
),

-- Which readings have one is said in reference/target_definitions.csv: whole-year feeds (awards) and figures that are
-- themselves reported totals have none; nor have readings of which no unit reports a total, unless they contain the
-- main one.
entries as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        {{ month_of('totals.period_end_date') }} as month_date,
        totals.submission_id,
        totals.row_index,
        totals.row_number,
        totals.department_code,
        totals.unit_code,
        totals.period_end_date,
        case when totals.period = '{{ policy_value('opening_balance_period') }}' then totals.cumulative_value end
            as opening_balance,
        case
            when
                totals.period > '{{ policy_value('opening_balance_period') }}'
                and {{ is_policy_code('totals.department_code', 'totals_only_department', 'totals.period_end_date') }}
                then totals.period_value
        end as totals_only
    from target_periods
    inner join totals
        on
            target_periods.target_id = totals.metric_id
            and totals.period_end_date between target_periods.period_start_date and target_periods.period_end_date
    where target_periods.has_reported_totals
)

select * from entries
where opening_balance is not null or totals_only is not null
