-- 各种资金来源各支持了多少培训人次？
select
    p.funding_source_code,
    max(c.code_name) as funding_source,
    count(*) as participations,
    count(case when p.counts_to_headline then 1 end) as headline
from fct_participation as p
left join dim_code as c on p.funding_source_code = c.code and c.code_list = 'funding_source'
where p.is_counted
group by p.funding_source_code
order by 3 desc, 1
