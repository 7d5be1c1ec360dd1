-- 各类高危行业企业的职工，多大比例受过安全技能培训？
select
    c.hazard_type_code,
    count(distinct c.enterprise_key) as enterprises,
    sum(c.employee_count) as employees,
    sum(c.covered_count) as covered,
    1.0 * sum(c.covered_count) / nullif(sum(c.employee_count), 0) as coverage
from fct_enterprise_coverage as c
inner join (
    select enterprise_key, max(report_date) as report_date
    from fct_enterprise_coverage
    where coverage_kind_code = '1'
    group by enterprise_key
) as newest on c.enterprise_key = newest.enterprise_key and c.report_date = newest.report_date
where c.coverage_kind_code = '1' and c.is_counted and not c.has_open_warning
group by c.hazard_type_code
order by 1
