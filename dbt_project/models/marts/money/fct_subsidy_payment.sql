with payments as (
    select * from {{ ref('int_subsidy_payment') }}
),

certificates as (
    select distinct certificate_key from {{ ref('int_certificate') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
)

select
    payments.payment_key,
    payments.submission_id,
    payments.row_number,
    payments.department_code,
    payments.unit_code,
    payments.payment_id,
    payments.class_key,
    payments.class_id is not null and payments.class_key is null as is_class_missing,
    {{ published_person('payments.beneficiary_key') }} as person_key,
    case when sensitive.person_key is null then payments.certificate_key end as certificate_key,
    payments.certificate_key is not null and certificates.certificate_key is null as is_certificate_missing,
    payments.subsidy_type_code,
    payments.funding_source_code,
    payments.payee_type_code,
    payments.payee_uscc,
    payments.occupation_code,
    payments.skill_level_code,
    payments.standard_amount_fen,
    payments.amount_fen,
    payments.person_count,
    payments.payment_date as event_date,
    payments.apply_date,
    payments.approve_date,
    payments.pay_date,
    payments.fiscal_year,
    payments.status_code,
    payments.is_counted,
    payments.counted_department_code,
    payments.duplicate_group_key,
    warnings.fact_key is not null as has_open_warning
from payments
left join sensitive on payments.beneficiary_key = sensitive.person_key
left join warnings on payments.payment_key = warnings.fact_key
left join certificates on payments.certificate_key = certificates.certificate_key
