-- 培训的人在哪些行业工作？
select
    left(p.employer_industry_code, 1) as section,
    max(c.code_name) as industry,
    count(*) as participations
from fct_participation as p
left join dim_code as c on left(p.employer_industry_code, 1) = c.code and c.code_list = 'gbt4754_2017'
where p.is_counted
group by 1
order by 3 desc, 1
