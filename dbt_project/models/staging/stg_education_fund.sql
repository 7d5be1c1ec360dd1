with accepted as (
    select * from {{ source('accepted', 'education_fund') }}
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
    year as fund_year,
    payroll as payroll_fen,
    accrued as accrued_fen,
    used as used_fen,
    frontline_used as frontline_used_fen,
    employees as employee_count,
    frontline_employees as frontline_employee_count,
    trained_persons as trained_count
from accepted
