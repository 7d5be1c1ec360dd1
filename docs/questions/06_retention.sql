-- 培训后第3、6、12个月，多少人在就业？
select
    check_month,
    count(*) as due,
    count(is_employed) as followed,
    count(case when is_employed then 1 end) as employed,
    1.0 * count(case when is_employed then 1 end) / nullif(count(is_employed), 0) as employment_rate
from fct_outcome_followup
group by check_month
order by check_month
