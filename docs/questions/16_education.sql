-- 培训的人是什么学历？
select
    p.education_code,
    max(c.code_name) as education,
    count(*) as participations
from fct_participation as p
left join dim_code as c on p.education_code = c.code and c.code_list = 'education'
where p.is_counted
group by p.education_code
order by 1
