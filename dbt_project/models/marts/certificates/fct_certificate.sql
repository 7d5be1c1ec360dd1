with certificates as (
    select * from {{ ref('int_certificate') }}
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
    certificates.certificate_row_key,
    certificates.certificate_key,
    certificates.submission_id,
    certificates.row_number,
    certificates.department_code,
    certificates.unit_code,
    {{ published_person('certificates.person_key') }} as person_key,
    certificates.class_key,
    certificates.class_id is not null and certificates.class_key is null as is_class_missing,
    {{ district_of('certificates.unit_code') }} as district_key,
    certificates.certificate_type_code,
    certificates.certificate_org_code,
    certificates.occupation_code,
    certificates.skill_level_code,
    certificates.issuer_name,
    {{ public_code('certificates.issuer_uscc') }} as issuer_uscc,
    certificates.issue_date as event_date,
    certificates.issue_date,
    certificates.valid_until_date,
    certificates.assess_mode_code,
    certificates.recognition_ground_code,
    certificates.status_code,
    certificates.is_counted,
    certificates.not_counted_reason,
    certificates.counted_department_code,
    certificates.duplicate_group_key,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from certificates
left join sensitive on certificates.person_key = sensitive.person_key
left join warnings on certificates.certificate_row_key = warnings.fact_key
left join firsts on certificates.certificate_row_key = firsts.fact_key
