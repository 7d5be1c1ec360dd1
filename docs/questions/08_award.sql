-- 每年评选公布了哪些称号，各多少人？
select
    a.award_year,
    a.award_code,
    max(c.code_name) as award,
    count(*) as persons
from fct_award as a
left join dim_code as c on a.award_code = c.code and c.code_list = 'award'
where a.is_counted
group by a.award_year, a.award_code
order by 1, 2
