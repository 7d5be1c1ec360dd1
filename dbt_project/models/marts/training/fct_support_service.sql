with services as (
    select * from {{ ref('int_support_service') }}
),

firsts as (
    select * from {{ ref('int_first_row') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

withheld_rows as (
    select * from {{ ref('int_withheld_row') }}
),

-- Numbered by what is told of them, so that the numbers tell no more.
withheld_services as (
    select
        withheld_rows.fact_key,
        row_number() over (
            order by
                services.service_type_code nulls last,
                services.service_date nulls last,
                services.education_code nulls last,
                services.enrol_year nulls last,
                services.support_amount_fen nulls last,
                services.is_counted nulls last,
                firsts.persons nulls last,
                firsts.persons_of_year nulls last,
                services.service_key nulls last
        ) as withheld_number
    from services
    inner join withheld_rows on services.service_key = withheld_rows.fact_key
    left join firsts on services.service_key = firsts.fact_key
)

select
    coalesce(
        {{ published_place('services.service_key') }},
        'withheld#' || cast(withheld.withheld_number as string)
    ) as service_key,
    {{ published_place('services.submission_id') }} as submission_id,
    {{ published_place('services.row_number') }} as row_number,
    {{ published_place('services.department_code') }} as department_code,
    {{ published_place('services.unit_code') }} as unit_code,
    {{ published_person('services.person_key') }} as person_key,
    {{ published_place(district_of('services.unit_code')) }} as district_key,
    services.service_type_code,
    services.service_date as event_date,
    services.service_date,
    {{ published_place('services.provider_name') }} as provider_name,
    services.education_code,
    {{ published_place('services.school_name') }} as school_name,
    services.enrol_year,
    services.support_amount_fen,
    services.is_counted,
    case when withheld_groups.fact_key is null then {{ published_place('services.counted_department_code') }} end
        as counted_department_code,
    case when withheld_groups.fact_key is null then {{ published_place('services.duplicate_group_key') }} end
        as duplicate_group_key,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    withheld.fact_key is null and warnings.fact_key is not null as has_open_warning
from services
left join sensitive on services.person_key = sensitive.person_key
left join warnings on services.service_key = warnings.fact_key
left join firsts on services.service_key = firsts.fact_key
left join withheld_services as withheld on services.service_key = withheld.fact_key
left join withheld_rows as withheld_groups on services.duplicate_group_key = withheld_groups.fact_key
