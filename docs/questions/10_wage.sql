-- 各职业各等级的工资中位数是多少？
select
    w.report_year,
    w.occupation_code,
    w.industry_code,
    max(w.occupation_name) as occupation_name,
    w.skill_level_code,
    max(w.p50_fen) / 100.0 as median_yuan
from fct_wage_guidance as w
where not w.has_open_warning
group by w.report_year, w.occupation_code, w.industry_code, w.skill_level_code
order by 6 desc, 1, 2, 3, 5
