-- 从报名到补贴，每一步还剩多少人（同一人学几个职业分别计）？
with enrolled_only as (
    select distinct
        p.person_key,
        p.occupation_code
    from fct_participation as p
    left join fct_training_journey as j on p.person_key = j.person_key and p.occupation_code = j.occupation_code
    where
        not p.is_counted
        and p.person_key is not null
        and p.occupation_code is not null
        and j.journey_key is null
),

never_passed as (
    select distinct
        p.person_key,
        p.occupation_code
    from fct_participation as p
    left join fct_participation as again
        on
            p.person_key = again.person_key
            and p.occupation_code = again.occupation_code
            and again.is_counted
            and again.is_passed
    where p.is_counted and not coalesce(p.is_passed, false) and again.participation_key is null
),

followed as (
    select
        count(*) as trained,
        count(case when n.person_key is null then 1 end) as passed,
        count(case when n.person_key is null and j.is_certified then 1 end) as certified,
        count(case when n.person_key is null and j.is_certified and j.is_subsidised then 1 end) as subsidised
    from fct_training_journey as j
    left join never_passed as n on j.person_key = n.person_key and j.occupation_code = n.occupation_code
)

select 1 as step, '报名' as stage, trained + (select count(*) from enrolled_only) as persons_left from followed
union all
select 2, '结业并计入', trained from followed
union all
select 3, '考核合格', passed from followed
union all
select 4, '取得本职业证书', certified from followed
union all
select 5, '领取本职业补贴', subsidised from followed
order by 1
