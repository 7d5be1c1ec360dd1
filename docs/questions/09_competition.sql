-- 每年办了哪些级别的竞赛，多少人参加？
select
    cast(extract(year from k.end_date) as integer) as year,
    k.competition_level_code,
    max(c.code_name) as competition_level,
    count(*) as projects,
    sum(case when not k.has_open_warning then k.participant_count end) as participants
from fct_competition as k
left join dim_code as c on k.competition_level_code = c.code and c.code_list = 'comp_level'
where k.is_counted
group by 1, 2
order by 1, 2
