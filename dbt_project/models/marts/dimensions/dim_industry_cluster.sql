with clusters as (
    select * from {{ source('reference', 'sz_industry_clusters') }}
)

select
    code as industry_cluster_code,
    name as industry_cluster_name,
    kind as industry_cluster_kind,
    version as vintage
from clusters
