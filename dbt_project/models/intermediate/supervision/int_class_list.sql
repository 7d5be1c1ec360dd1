-- How many persons are on the list of a class, and how many of them passed.
with participations as (
    select * from {{ ref('int_participation') }}
    where start_date is not null
)

select
    class_id,
    count(distinct person_key) as persons,
    count(distinct case when coalesce(exam_result_code in ('1', '3'), false) then person_key end) as passed
from participations
group by class_id
