select duplicate_group_key
from {{ ref('fct_participation') }}
where duplicate_group_key is not null
group by duplicate_group_key
having sum(case when is_counted then 1 else 0 end) <> 1
union all
select duplicate_group_key
from {{ ref('fct_certificate') }}
where duplicate_group_key is not null
group by duplicate_group_key
having sum(case when is_counted then 1 else 0 end) <> 1
