-- 从报名到补贴，每一步还剩多少人（同一人学几个职业分别计）？
with enrolled as (
    select
        person_key,
        occupation_code,
        max(case when is_counted and is_passed then 1 else 0 end) as passed
    from fct_participation
    where person_key is not null and occupation_code is not null
    group by person_key, occupation_code
),

followed as (
    select
        j.journey_key is not null as is_trained,
        j.journey_key is not null and e.passed = 1 as is_passed,
        e.passed = 1 and j.is_certified as is_certified,
        e.passed = 1 and j.is_certified and j.is_subsidised as is_subsidised
    from enrolled as e
    left join fct_training_journey as j on e.person_key = j.person_key and e.occupation_code = j.occupation_code
)

select 1 as step, '报名' as stage, count(*) as persons_left from followed
union all
select 2, '结业并计入', count(*) from followed where is_trained
union all
select 3, '考核合格', count(*) from followed where is_passed
union all
select 4, '取得本职业证书', count(*) from followed where is_certified
union all
select 5, '领取本职业补贴', count(*) from followed where is_subsidised
order by 1
