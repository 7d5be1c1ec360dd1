with payments as (
    select * from {{ ref('int_subsidy_payment') }}
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
    {{ published_person('payments.beneficiary_key') }} as person_key,
    case when sensitive.person_key is null then payments.certificate_key end as certificate_key,
    payments.subsidy_type_code,
    payments.funding_source_code,
    payments.payee_type_code,
    payments.payee_uscc,
    payments.occupation_code,
    payments.skill_level_code,
    payments.standard_amount_fen,
    payments.amount_fen,
    payments.person_count,
    payments.apply_date,
    payments.approve_date,
    payments.pay_date,
    payments.fiscal_year,
    payments.status_code,
    payments.is_counted,
    payments.counted_department_code,
    payments.duplicate_group_key
from payments
left join sensitive on payments.beneficiary_key = sensitive.person_key
