-- What counts by month, place and submission: periods are whole months, and so are cut-offs, so that these numbers are
-- enough for all but persons.
with contributions as (
    select * from {{ ref('int_target_contribution') }}
)

select
    target_id,
    reading,
    month_date,
    department_code,
    district_key,
    venue_district_key,
    part_code,
    submission_id,
    count(*) as counted
from contributions
group by
    target_id, reading, month_date, department_code, district_key, venue_district_key, part_code, submission_id
