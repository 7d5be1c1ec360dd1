-- How many of the enterprises of each register reported each kind of coverage: who did not covers nobody. Enterprises
-- whose register no department holds have no figure.
with kinds as (
    select
        register_kind as register_kind_code,
        max(department) is not null as has_register,
        max(case when department is null then holder_zh end) as note_zh
    from {{ source('reference', 'enterprise_registers') }}
    group by register_kind
),

coverage_kinds as (
    select code as coverage_kind_code from {{ source('reference', 'codelists') }}
    where list = 'coverage_kind'
),

registers as (
    select * from {{ ref('fct_enterprise_register') }}
    where is_counted
),

dated_coverage as (
    select
        *,
        max(report_date) over (partition by enterprise_key, coverage_kind_code) as newest_report_date
    from {{ ref('fct_enterprise_coverage') }}
    where is_counted
),

coverage as (
    select
        enterprise_key,
        coverage_kind_code,
        sum(covered_count) as covered_count
    from dated_coverage
    where report_date = newest_report_date
    group by enterprise_key, coverage_kind_code
),

counts as (
    select
        registers.register_kind_code,
        coverage_kinds.coverage_kind_code,
        count(*) as registered_enterprises,
        cast(sum(registers.employee_count) as bigint) as registered_employees,
        count(coverage.enterprise_key) as reported_enterprises,
        cast(
            sum(least(coalesce(coverage.covered_count, 0), coalesce(registers.employee_count, 0))) as bigint
        ) as covered_employees
    from registers
    cross join coverage_kinds
    left join coverage
        on
            registers.enterprise_key = coverage.enterprise_key
            and coverage_kinds.coverage_kind_code = coverage.coverage_kind_code
    group by registers.register_kind_code, coverage_kinds.coverage_kind_code
)

select
    kinds.register_kind_code,
    coverage_kinds.coverage_kind_code,
    kinds.has_register,
    kinds.note_zh,
    counts.registered_enterprises,
    counts.registered_employees,
    counts.reported_enterprises,
    counts.covered_employees,
    {{ floor_share('counts.reported_enterprises', 'counts.registered_enterprises') }} as enterprise_share,
    {{ floor_share('counts.covered_employees', 'counts.registered_employees') }} as employee_share
from kinds
cross join coverage_kinds
left join counts
    on
        kinds.has_register
        and kinds.register_kind_code = counts.register_kind_code
        and coverage_kinds.coverage_kind_code = counts.coverage_kind_code
