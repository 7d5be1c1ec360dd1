with funds as (
    select * from {{ ref('stg_education_fund') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('funds', 'education_fund') }}
)

select
    {{ row_key('newest') }} as education_fund_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.enterprise_key,
    {{ public_code('newest.enterprise_key') }} as enterprise_uscc,
    {{ is_sole_trader('newest.enterprise_key') }} as is_sole_trader,
    newest.enterprise_name,
    {{ year_end('newest.fund_year') }} as event_date,
    newest.fund_year,
    newest.payroll_fen,
    newest.accrued_fen,
    newest.used_fen,
    newest.frontline_used_fen,
    newest.employee_count,
    newest.frontline_employee_count,
    newest.trained_count,
    row_number() over (
        partition by newest.enterprise_key, newest.fund_year
        order by newest.period_end_date desc, departments.department_order, newest.unit_code
    ) = 1 as is_counted,
    warnings.fact_key is not null as has_open_warning
from newest
inner join departments on newest.department_code = departments.department_code
left join warnings on {{ row_key('newest') }} = warnings.fact_key
