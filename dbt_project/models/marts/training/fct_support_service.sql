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
)

select
    services.service_key,
    services.submission_id,
    services.row_number,
    services.department_code,
    services.unit_code,
    {{ published_person('services.person_key') }} as person_key,
    {{ district_of('services.unit_code') }} as district_key,
    services.service_type_code,
    services.service_date as event_date,
    services.service_date,
    services.provider_name,
    services.education_code,
    services.school_name,
    services.enrol_year,
    services.support_amount_fen,
    services.is_counted,
    services.counted_department_code,
    services.duplicate_group_key,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from services
left join sensitive on services.person_key = sensitive.person_key
left join warnings on services.service_key = warnings.fact_key
left join firsts on services.service_key = firsts.fact_key
