with awards as (
    select * from {{ ref('stg_talent_award') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('awards', 'talent_award') }}
),

-- A name that no document announces is not public, whatever the row says of itself.
announced as (
    select
        *,
        coalesce(status_code = '1', false) and document_id is not null as is_announced
    from newest
)

select
    {{ row_key('announced') }} as award_key,
    announced.*,
    announced.is_announced and row_number() over (
        partition by announced.award_code, announced.award_year, announced.person_key
        order by case when announced.is_announced then 0 else 1 end, departments.department_order, announced.unit_code
    ) = 1 as is_counted
from announced
inner join departments on announced.department_code = departments.department_code
