with certificates as (
    select * from {{ ref('int_certificate') }}
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
    {{ district_of('certificates.unit_code') }} as district_key,
    certificates.certificate_type_code,
    certificates.certificate_org_code,
    certificates.occupation_code,
    certificates.skill_level_code,
    certificates.issuer_name,
    certificates.issuer_uscc,
    certificates.issue_date,
    certificates.valid_until_date,
    certificates.assess_mode_code,
    certificates.status_code,
    certificates.is_counted,
    certificates.not_counted_reason,
    certificates.counted_department_code,
    certificates.duplicate_group_key
from certificates
left join sensitive on certificates.person_key = sensitive.person_key
