-- Targets that are no count of events: ratios, a reported figure, the status on the day.
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
    select * from {{ ref('fct_education_fund') }}
    where is_counted
),

totals as (
    select * from {{ ref('int_reported_total') }}
    where metric_id = 'T15' and department_code = 'TUF' and is_unit_total
),

yearly_totals as (
    select
        cast(extract(year from period_end_date) as varchar) as period,
        coalesce(year_to_date_value, period_value) as reported_value,
        rank() over (partition by extract(year from period_end_date) order by period_end_date desc, period_start_date)
            as newest_rank
    from totals
),

colleges as (
    select * from {{ ref('int_craftsman_college') }}
),

college_counts as (
    select
        count(case when college_tier_code = '1' then 1 end) as core_count,
        count(case when college_tier_code = '2' then 1 end) as branch_count
    from colleges
)

select
    'T10' as target_id,
    'main' as reading,
    'point' as period,
    {{ floor_percent('sum(covered_count)', 'sum(employee_count)') }} as actual,
    cast(null as boolean) as is_reached
from newest_coverage
where report_date = newest_report_date
union all
select
    'T15',
    'main',
    period,
    cast(sum(reported_value) as decimal(18, 4)),
    null
from yearly_totals
where newest_rank = 1
group by period
union all
select
    'T19',
    'main',
    cast(fund_year as varchar),
    {{ floor_percent('sum(frontline_used_fen)', 'sum(used_fen)') }},
    null
from funds
group by fund_year
union all
select
    'T19',
    'over_accrued',
    cast(fund_year as varchar),
    {{ floor_percent('sum(frontline_used_fen)', 'sum(accrued_fen)') }},
    null
from funds
group by fund_year
union all
select
    'T19',
    'enterprises_reaching',
    cast(fund_year as varchar),
    {{ floor_percent('count(case when frontline_used_fen * 100 >= used_fen * 60 then 1 end)', 'count(*)') }},
    null
from funds
where used_fen > 0
group by fund_year
union all
select
    'S01',
    'main',
    'point',
    cast(least(core_count, 1) + branch_count as decimal(18, 4)),
    core_count >= 1 and branch_count >= 50
from college_counts
