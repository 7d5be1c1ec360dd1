-- 各部门每本技能证书花了多少补贴？
with paid as (
    select department_code, sum(amount_fen) / 100.0 as yuan
    from fct_subsidy_payment
    where is_counted and is_paid and not has_open_warning
    group by department_code
),

certified as (
    select department_code, count(*) as certificates
    from fct_certificate
    where is_counted and certificate_type_code in ('01', '02')
    group by department_code
)

select d.short_name, paid.yuan, certified.certificates, paid.yuan / certified.certificates as yuan_per_certificate
from paid
inner join certified on paid.department_code = certified.department_code
inner join dim_department as d on paid.department_code = d.department_code
order by 4 desc, 1
