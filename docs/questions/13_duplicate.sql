-- 各部门报送的培训人次中，多少因重复而不计入？
select
    d.short_name,
    count(*) as reported,
    count(case when p.not_counted_reason = 'duplicate' then 1 end) as duplicates
from fct_participation as p
inner join dim_department as d on p.department_code = d.department_code
group by d.short_name
order by 3 desc, 1
