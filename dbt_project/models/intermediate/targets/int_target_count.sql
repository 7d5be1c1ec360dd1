-- What counts by month and place: periods are whole months, so that for all but persons these numbers are enough.
with contributions as (
    select * from {{ ref('int_target_contribution') }}
)

select
    target_id,
    reading,
    month_date,
    department_code,
    district_key,
    part_code,
    count(*) as counted
from contributions
group by target_id, reading, month_date, department_code, district_key, part_code
