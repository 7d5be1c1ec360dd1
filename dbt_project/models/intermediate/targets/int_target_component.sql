-- What enters a figure without rows: opening balances, and the totals of units that may not send rows.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

totals as (
    select * from {{ ref('int_reported_total') }}
    where is_unit_total
),

-- Whole-year feeds (awards) and figures that are themselves reported totals have no opening balance; nor have other
-- readings, of which no unit reports a total, unless they contain the main one.
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
        case when totals.period = '{{ var("opening_balance_period") }}' then totals.cumulative_value end
            as opening_balance,
        case
            when
                totals.period > '{{ var("opening_balance_period") }}'
                and totals.department_code in {{ literals(var('totals_only_departments')) }}
                then totals.period_value
        end as totals_only
    from target_periods
    inner join totals
        on
            target_periods.target_id = totals.metric_id
            and totals.period_end_date between target_periods.period_start_date and target_periods.period_end_date
    where
        target_periods.reading in ('main', 'with_permits')
        and not target_periods.is_ratio
        and target_periods.target_id not in ('T15', 'T16', 'T17', 'T18', 'S01')
)

select * from entries
where opening_balance is not null or totals_only is not null
