with accepted as (
    select * from {{ source('accepted', 'subsidy_payment') }}
)

select
    submission_id,
    row_index,
    row_number,
    delivery_order,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    payment_id,
    subsidy_type as subsidy_type_code,
    funding_source as funding_source_code,
    payee_type as payee_type_code,
    payee_key,
    payee_uscc,
    beneficiary_key,
    bank_account_key,
    class_id,
    certificate_key,
    occupation_code,
    skill_level as skill_level_code,
    standard_amount as standard_amount_fen,
    amount as amount_fen,
    person_count,
    apply_date,
    approve_date,
    pay_date,
    fiscal_year,
    status as status_code
from accepted
