with awards as (
    select * from {{ ref('stg_talent_award') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('awards', 'talent_award') }}
)

select
    {{ row_key('newest') }} as award_key,
    newest.*,
    coalesce(newest.status_code = '1' and row_number() over (
        partition by newest.award_code, newest.award_year, newest.person_key
        order by case when newest.status_code = '1' then 0 else 1 end, departments.department_order, newest.unit_code
    ) = 1, false) as is_counted
from newest
inner join departments on newest.department_code = departments.department_code
