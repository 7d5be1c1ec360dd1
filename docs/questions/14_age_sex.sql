-- 培训的人是什么年龄和性别？
select
    p.sex_code,
    case
        when p.birth_year is null then '不发布'
        when extract(year from f.event_date) - p.birth_year < 25 then '25岁以下'
        when extract(year from f.event_date) - p.birth_year < 35 then '25—34岁'
        when extract(year from f.event_date) - p.birth_year < 45 then '35—44岁'
        when extract(year from f.event_date) - p.birth_year < 55 then '45—54岁'
        else '55岁以上'
    end as age_band,
    count(*) as participations
from fct_participation as f
left join dim_person as p on f.person_key = p.person_key
where f.is_counted
group by 1, 2
order by 1, 2
