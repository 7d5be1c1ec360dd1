with leads as (
    select * from {{ source('reference', 'occupation_leads') }}
)

select
    coalesce(occupation_code_prefix, '') as occupation_code_prefix,
    department as department_code,
    coalesce(cast(since as date), date '0001-01-01') as since_date,
    coalesce(cast(until as date), date '9999-12-31') as until_date,
    basis
from leads
