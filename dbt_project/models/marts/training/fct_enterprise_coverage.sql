with coverage as (
    select * from {{ ref('stg_enterprise_coverage') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('coverage', 'enterprise_coverage') }}
)

select
    {{ row_key('newest') }} as coverage_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.enterprise_key,
    {{ public_code('newest.enterprise_key') }} as enterprise_uscc,
    {{ is_sole_trader('newest.enterprise_key') }} as is_sole_trader,
    newest.enterprise_name,
    newest.report_date as event_date,
    newest.report_date,
    newest.coverage_kind_code,
    newest.industry_code,
    newest.hazard_type_code,
    newest.employee_count,
    newest.covered_count,
    newest.new_worker_count,
    newest.new_worker_covered_count,
    newest.levels_adopted,
    newest.chief_technician_count,
    newest.special_technician_count,
    row_number() over (
        partition by
            newest.enterprise_key, newest.coverage_kind_code, newest.hazard_type_code, newest.report_date
        order by departments.department_order, newest.unit_code
    ) = 1 as is_counted,
    warnings.fact_key is not null as has_open_warning
from newest
inner join departments on newest.department_code = departments.department_code
left join warnings on {{ row_key('newest') }} = warnings.fact_key
