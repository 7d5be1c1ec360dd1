with districts as (
    select * from {{ source('reference', 'sz_districts') }}
)

select
    key as district_key,
    name as district_name,
    kind as district_kind,
    gbt2260_code as national_code
from districts
union all
select
    'SZ',
    '深圳市',
    'city',
    '440300'
