-- 每月结业的班级，后来回访和就业情况如何？
select
    cast(date_trunc('month', c.end_date) as date) as cohort,
    f.check_month,
    count(f.is_employed) as followed,
    count(case when f.is_employed then 1 end) as employed
from fct_outcome_followup as f
inner join dim_class as c on f.class_key = c.class_key
group by 1, 2
order by 1, 2
