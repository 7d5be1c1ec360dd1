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
        records.department_code in {{ literals(policy_codes('sensitive_department')) }}
        or {{ has_code('records.person_category_codes', policy_codes('sensitive_category_code')) }}
        or {{ has_code('classes.program_codes', policy_codes('sensitive_program_code')) }}
    union all
    select person_key
    from services
    where
        department_code in {{ literals(policy_codes('sensitive_department')) }}
        or service_type_code in {{ literals(policy_codes('sensitive_service_code')) }}
        or {{ has_code('person_category_codes', policy_codes('sensitive_category_code')) }}
    union all
    select person_key
    from certificates
    where department_code in {{ literals(policy_codes('sensitive_department')) }}
)

select distinct person_key
from revealed
where person_key is not null
