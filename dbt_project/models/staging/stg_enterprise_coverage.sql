with accepted as (
    select * from {{ source('accepted', 'enterprise_coverage') }}
)

select
    submission_id,
    row_index,
    row_number,
    delivery_order,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    uscc as enterprise_key,
    employer_name as enterprise_name,
    report_date,
    coverage_kind as coverage_kind_code,
    industry_code,
    hazard_type as hazard_type_code,
    employees as employee_count,
    covered as covered_count,
    new_workers as new_worker_count,
    new_workers_covered as new_worker_covered_count,
    levels_adopted,
    chief_tech as chief_technician_count,
    special_tech as special_technician_count
from accepted
