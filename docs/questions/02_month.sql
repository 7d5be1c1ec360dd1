-- 每月计入多少培训人次，其中多少计入总目标？
select
    cast(date_trunc('month', event_date) as date) as month,
    count(*) as participations,
    count(case when counts_to_headline then 1 end) as headline
from fct_participation
where is_counted
group by 1
order by 1
