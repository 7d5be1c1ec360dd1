-- The coverage of enterprises' workers by training, in each reading of a target that is a share of them. A reading that
-- has a rule of registers rests on those: their employees are its base, and who reported nothing has covered nobody.
-- What a department without a register reported stands beside them as it was reported.
with runs as (
    select * from {{ ref('stg_run') }}
),

target_rules as (
    select * from {{ ref('stg_target_rule') }}
),

coverage as (
    select
        *,
        {{ field_codes({
            'coverage_kind': 'coverage_kind_code', 'industry_code': 'industry_code', 'hazard_type': 'hazard_type_code',
        }) }} as codes
    from {{ ref('fct_enterprise_coverage') }}
    where is_counted
),

registers as (
    select
        *,
        {{ field_codes({
            'register_kind': 'register_kind_code', 'industry_code': 'industry_code', 'hazard_type': 'hazard_type_code',
        }) }} as codes
    from {{ ref('fct_enterprise_register') }}
    where is_in_force
),

dated as (
    select
        target_rules.target_id,
        target_rules.reading,
        coverage.*,
        {{ named_amount('target_rules.amount_field', {'covered': 'coverage.covered_count'}) }} as amount,
        {{ named_amount('target_rules.base_field', {'employees': 'coverage.employee_count'}) }} as base_amount,
        max(coverage.report_date) over (
            partition by target_rules.target_id, target_rules.reading, coverage.enterprise_key
        ) as newest_report_date
    from coverage
    inner join runs on coverage.report_date <= runs.as_of_date
    inner join target_rules
        on
            target_rules.dataset = 'enterprise_coverage'
            and {{ fits_codes('coverage.codes', 'target_rules.wanted_codes', 'target_rules.unwanted_codes') }}
),

reported as (
    select * from dated
    where report_date = newest_report_date
),

reported_enterprises as (
    select
        target_id,
        reading,
        enterprise_key,
        sum(amount) as amount
    from reported
    group by target_id, reading, enterprise_key
),

registered as (
    select
        target_rules.target_id,
        target_rules.reading,
        registers.*
    from registers
    inner join target_rules
        on
            target_rules.dataset = 'enterprise_register'
            and {{ fits_codes('registers.codes', 'target_rules.wanted_codes', 'target_rules.unwanted_codes') }}
),

-- An enterprise that grew since its register has not covered more than the register knows.
registered_coverage as (
    select
        registered.*,
        least(coalesce(reported_enterprises.amount, 0), coalesce(registered.employee_count, 0)) as amount
    from registered
    left join reported_enterprises
        on
            registered.target_id = reported_enterprises.target_id
            and registered.reading = reported_enterprises.reading
            and registered.enterprise_key = reported_enterprises.enterprise_key
    where registered.is_counted
),

registering as (
    select distinct
        target_id,
        reading,
        department_code
    from registered
)

select
    target_id, reading, 'enterprise_register' as fact, submission_id, {{ row_index_of('register_key') }} as row_index,
    row_number, department_code, unit_code, register_date as event_date, amount, employee_count as base_amount
from registered_coverage
union all
select
    reported.target_id, reported.reading, 'enterprise_coverage', reported.submission_id,
    {{ row_index_of('reported.coverage_key') }}, reported.row_number, reported.department_code, reported.unit_code,
    reported.report_date, reported.amount, reported.base_amount
from reported
left join registering
    on
        reported.target_id = registering.target_id
        and reported.reading = registering.reading
        and reported.department_code = registering.department_code
left join registered_coverage
    on
        reported.target_id = registered_coverage.target_id
        and reported.reading = registered_coverage.reading
        and reported.enterprise_key = registered_coverage.enterprise_key
where registering.department_code is null and registered_coverage.enterprise_key is null
