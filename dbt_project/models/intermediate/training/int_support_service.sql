with services as (
    select * from {{ ref('stg_support_service') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('services', 'support_service') }}
),

-- What one unit leaves out of a day's service another may have told.
told as (
    select
        *,
        max(case when service_type_code = '3' then school_name || '|' || cast(enrol_year as string) end) over (
            partition by service_type_code, person_key, service_date
        ) as school_and_year
    from newest
),

-- Academic support is one for a person, school and year, whoever sends it; other services are one for a day.
matched as (
    select
        {{ row_key('told') }} as service_key,
        told.*,
        departments.department_order,
        coalesce(told.school_and_year, cast(told.service_date as string)) as match_key
    from told
    inner join departments on told.department_code = departments.department_code
),

credited as (
    select
        service_key,
        first_value(service_key) over credit as counted_service_key,
        first_value(department_code) over credit as counted_department_code,
        count(*) over (partition by service_type_code, person_key, match_key) as reported_count
    from matched
    window credit as (
        partition by service_type_code, person_key, match_key
        order by department_order, unit_code, service_date nulls last
    )
)

select
    matched.*,
    credited.counted_department_code,
    case when credited.reported_count > 1 then credited.counted_service_key end as duplicate_group_key,
    credited.counted_service_key = matched.service_key as is_counted
from matched
inner join credited on matched.service_key = credited.service_key
