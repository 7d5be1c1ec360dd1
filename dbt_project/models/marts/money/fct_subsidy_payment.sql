with payments as (
    select * from {{ ref('int_subsidy_payment') }}
),

certificates as (
    select distinct certificate_key from {{ ref('int_certificate') }}
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

-- The standard in force for the payment: of its own occupation and level before one for all, the newest, and of several
-- for different persons the one next to what was paid by.
fitting_standards as (
    select
        payments.payment_key,
        standards.amount_fen,
        row_number() over (
            partition by payments.payment_key
            order by
                case when standards.occupation_code is null then 1 else 0 end,
                case when standards.skill_level_code is null then 1 else 0 end,
                standards.from_date desc,
                abs(payments.standard_amount_fen - standards.amount_fen) nulls last,
                standards.subsidy_standard_key nulls last
        ) as place
    from payments
    inner join {{ ref('fct_subsidy_standard') }} as standards
        on
            payments.subsidy_type_code = standards.subsidy_type_code
            and coalesce(payments.occupation_code = standards.occupation_code, standards.occupation_code is null)
            and coalesce(payments.skill_level_code = standards.skill_level_code, standards.skill_level_code is null)
            and payments.payment_date >= standards.from_date
            and (standards.to_date is null or payments.payment_date <= standards.to_date)
),

standards_in_force as (
    select
        payment_key,
        amount_fen
    from fitting_standards
    where place = 1
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
    payments.payee_uscc as payee_key,
    {{ public_code('payments.payee_uscc') }} as payee_uscc,
    {{ is_sole_trader('payments.payee_uscc') }} as is_payee_sole_trader,
    payments.occupation_code,
    payments.skill_level_code,
    payments.standard_amount_fen,
    standards_in_force.amount_fen as standard_in_force_fen,
    payments.standard_amount_fen - standards_in_force.amount_fen as standard_difference_fen,
    payments.amount_fen,
    payments.person_count,
    payments.payment_date as event_date,
    payments.apply_date,
    payments.approve_date,
    payments.pay_date,
    payments.fiscal_year,
    payments.status_code,
    payments.is_paid,
    payments.is_counted,
    payments.counted_department_code,
    payments.duplicate_group_key,
    coalesce(firsts.persons, 0) as persons,
    coalesce(firsts.persons_of_year, 0) as persons_of_year,
    warnings.fact_key is not null as has_open_warning
from payments
left join sensitive on payments.beneficiary_key = sensitive.person_key
left join warnings on payments.payment_key = warnings.fact_key
left join certificates on payments.certificate_key = certificates.certificate_key
left join standards_in_force on payments.payment_key = standards_in_force.payment_key
left join firsts on payments.payment_key = firsts.fact_key
