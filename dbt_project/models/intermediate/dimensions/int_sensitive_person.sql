with records as (
    select * from {{ ref('stg_training_record') }}
),

services as (
    select * from {{ ref('stg_support_service') }}
),

certificates as (
    select * from {{ ref('stg_certificate') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

revealed as (
    select records.person_key
    from records
    left join classes on records.class_id = classes.class_id
    where
        records.department_code in {{ literals(var('sensitive_departments')) }}
        or {{ has_code('records.person_category_codes', var('sensitive_category_codes')) }}
        or {{ has_code('classes.program_codes', ['15']) }}
    union all
    select person_key
    from services
    where
        department_code in {{ literals(var('sensitive_departments')) }}
        or service_type_code in ('1', '2')
        or {{ has_code('person_category_codes', var('sensitive_category_codes')) }}
    union all
    select person_key
    from certificates
    where department_code in {{ literals(var('sensitive_departments')) }}
)

select distinct person_key
from revealed
where person_key is not null
