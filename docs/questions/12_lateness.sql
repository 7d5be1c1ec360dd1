-- 各部门多少份报送按时、迟报、缺报？
select
    d.short_name,
    count(*) as due,
    count(case when g.state = 'on_time' then 1 end) as on_time,
    count(case when g.state = 'late' then 1 end) as late,
    count(case when g.state = 'missing' then 1 end) as missing
from rpt_submission_grid as g
inner join dim_department as d on g.department_code = d.department_code
where g.state not in ('not_due', 'unasked')
group by d.short_name
order by missing desc, late desc, 1
