-- Targets that are no count of events: ratios, a reported figure, the status on the day. A ratio is the sum of the
-- amounts over the sum of the bases; every other figure the sum of the amounts.
with runs as (
    select * from {{ ref('stg_run') }}
),

coverage as (
    select fct_enterprise_coverage.*
    from {{ ref('fct_enterprise_coverage') }} as fct_enterprise_coverage
    inner join runs on fct_enterprise_coverage.report_date <= runs.as_of_date
    where fct_enterprise_coverage.coverage_kind_code = '1' and fct_enterprise_coverage.is_counted
),

newest_coverage as (
    select
        *,
        max(report_date) over (partition by enterprise_uscc) as newest_report_date
    from coverage
),

funds as (
    select
        *,
        cast(cast(fund_year as varchar) || '-12-31' as date) as year_end_date
    from {{ ref('fct_education_fund') }}
    where is_counted
),

fund_readings as (
    select
        'main' as reading,
        frontline_used_fen as amount,
        used_fen as base_amount,
        *
    from funds
    union all
    select 'over_accrued', frontline_used_fen, accrued_fen, *
    from funds
    union all
    select 'enterprises_reaching', case when frontline_used_fen * 100 >= used_fen * 60 then 1 else 0 end, 1, *
    from funds
    where used_fen > 0
),

totals as (
    select * from {{ ref('int_reported_total') }}
    where metric_id = 'T15' and department_code = 'TUF' and is_unit_total
),

yearly_totals as (
    select
        *,
        cast(extract(year from period_end_date) as varchar) as total_year,
        coalesce(year_to_date_value, period_value) as reported_value,
        rank() over (partition by extract(year from period_end_date) order by period_end_date desc, period_start_date)
            as newest_rank
    from totals
),

-- One core counts, however many there are.
colleges as (
    select
        *,
        case
            when college_tier_code = '2' then 1
            when row_number() over (partition by college_tier_code order by submission_id, row_index) = 1 then 1
            else 0
        end as amount,
        count(case when college_tier_code = '1' then 1 end) over () >= 1
        and count(case when college_tier_code = '2' then 1 end) over () >= 50 as is_reached
    from {{ ref('int_craftsman_college') }}
    where college_tier_code in ('1', '2')
),

measures as (
    select
        'T10' as target_id,
        'main' as reading,
        'point' as period,
        'enterprise_coverage' as fact,
        submission_id,
        {{ row_index_of('coverage_key') }} as row_index,
        row_number,
        department_code,
        unit_code,
        report_date as event_date,
        covered_count as amount,
        employee_count as base_amount,
        cast(null as boolean) as is_reached
    from newest_coverage
    where report_date = newest_report_date
    union all
    select
        'T15', 'main', total_year, 'reported_total', submission_id, row_index, row_number, department_code, unit_code,
        period_end_date, reported_value, null, null
    from yearly_totals
    where newest_rank = 1
    union all
    select
        'T19', reading, cast(fund_year as varchar), 'education_fund', submission_id,
        {{ row_index_of('education_fund_key') }}, row_number, department_code, unit_code,
        year_end_date, amount, base_amount, null
    from fund_readings
    union all
    select
        'S01', 'main', 'point', 'institution_directory', submission_id, row_index, row_number, department_code,
        unit_code, valid_from_date, amount, null, is_reached
    from colleges
)

select
    target_id,
    reading,
    period,
    fact,
    submission_id,
    row_index,
    row_number,
    department_code,
    unit_code,
    event_date,
    cast(amount as decimal(18, 4)) as amount,
    cast(base_amount as decimal(18, 4)) as base_amount,
    is_reached
from measures
