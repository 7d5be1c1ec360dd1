with services as (
    select * from {{ ref('stg_support_service') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('services', ['service_type_code', 'person_key', 'service_date']) }}
),

-- Academic support is one for a person, school and year, whoever sends it; other services are one for a day.
matched as (
    select
        {{ row_key('newest') }} as service_key,
        newest.*,
        departments.department_order,
        coalesce(
            case
                when newest.service_type_code = '3' then newest.school_name || '|' || cast(newest.enrol_year as varchar)
            end,
            cast(newest.service_date as varchar)
        ) as match_key
    from newest
    inner join departments on newest.department_code = departments.department_code
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
        order by department_order, unit_code, service_date
    )
)

select
    matched.*,
    credited.counted_department_code,
    case when credited.reported_count > 1 then credited.counted_service_key end as duplicate_group_key,
    credited.counted_service_key = matched.service_key as is_counted
from matched
inner join credited on matched.service_key = credited.service_key
