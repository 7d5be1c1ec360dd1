-- 培训的人是什么年龄和性别？
with aged as (
    select p.sex_code, extract(year from f.event_date) - p.birth_year as age
    from fct_participation as f
    left join dim_person as p on f.person_key = p.person_key
    where f.is_counted
)

select
    sex_code,
    case
        when age is null then '不发布'
        when age < 25 then '25岁以下'
        when age < 35 then '25—34岁'
        when age < 45 then '35—44岁'
        when age < 55 then '45—54岁'
        else '55岁以上'
    end as age_band,
    count(*) as participations
from aged
group by 1, 2
order by 1, 2
