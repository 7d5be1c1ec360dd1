-- 各区每年计入多少培训人次？
select
    cast(extract(year from p.event_date) as integer) as year,
    d.district_name,
    count(*) as participations
from fct_participation as p
inner join dim_district as d on p.district_key = d.district_key
where p.is_counted
group by 1, 2
order by 1, 3 desc, 2
