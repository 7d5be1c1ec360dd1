-- 哪些职业缺人最多，由谁预测？
select f.report_year, d.short_name, f.occupation_name, f.skill_level_code, sum(f.gap_count) as gap
from fct_demand as f
inner join dim_department as d on f.department_code = d.department_code
where not f.has_open_warning
group by 1, 2, 3, 4
order by 5 desc, 1, 2, 3, 4
