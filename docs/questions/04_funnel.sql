-- 从报名到补贴，每一步还剩多少？
select 1 as step, '报送培训人次' as stage, count(*) as rows_left from fct_participation
union all
select 2, '结业', count(*) from fct_participation where is_completed
union all
select 3, '考核合格', count(*) from fct_participation where is_completed and is_passed
union all
select 4, '所在班级颁发的证书', count(*) from fct_certificate where is_counted and class_key is not null
union all
select 5, '所在班级拨付的补贴', count(*)
from fct_subsidy_payment
where is_counted and class_key is not null and status_code = '3'
order by 1
