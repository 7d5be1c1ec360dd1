-- Suspicions about who is paid how often and how much: rules R04, R18 and R20 of reference/risk_rules.csv, each with
-- its rows. Where a rule puts payments of a person together, persons of sensitive groups are left out.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

payments as (
    select
        payments.*,
        extract(year from payments.payment_date) as calendar_year,
        payments.beneficiary_key is not null and sensitive.person_key is null as is_personal
    from {{ ref('int_subsidy_payment') }} as payments
    left join sensitive on payments.beneficiary_key = sensitive.person_key
    where payments.is_counted and not payments.is_returned
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

-- R04: living allowances go with a subsidy and are none of their own.
subsidies as (
    select * from payments
    where is_personal and not {{ is_policy_code('subsidy_type_code', 'allowance_subsidy_code', 'payment_date') }}
),

yearly as (
    select
        beneficiary_key,
        calendar_year,
        count(*) as payment_count,
        max(payment_date) as last_date
    from subsidies
    group by beneficiary_key, calendar_year
    having count(*) > 1
),

too_many as (
    select
        yearly.beneficiary_key,
        yearly.calendar_year,
        cast(yearly.calendar_year as string) || '年领取补贴' || cast(yearly.payment_count as string) || '次，上限'
        || {{ number_text('most.threshold_value') }} || '次。' as reason
    from yearly
    {{ join_threshold('most', 'subsidies_per_year', 'yearly.last_date') }}
    where yearly.payment_count > most.threshold_value
),

-- R18: one account for many persons.
to_persons as (
    select * from payments
    where is_personal and payee_type_code = '1'
),

accounts as (
    select
        bank_account_key,
        count(distinct beneficiary_key) as persons,
        max(payment_date) as last_date,
        min(payment_key) as first_key
    from to_persons
    where bank_account_key is not null
    group by bank_account_key
    having count(distinct beneficiary_key) > 1
),

shared_accounts as (
    select
        accounts.bank_account_key,
        accounts.first_key,
        cast(accounts.persons as string) || '人的个人补贴打入同一个银行账号。' as reason
    from accounts
    {{ join_threshold('least', 'shared_contact_persons_min', 'accounts.last_date') }}
    where accounts.persons >= least.threshold_value
),

-- R20: neither the standard for all persons nor within the uplift allowed.
off_standard as (
    select
        payments.payment_key,
        payments.unit_code || '#' || payments.payment_id as payment_identity,
        '补贴' || {{ number_text('payments.amount_fen / 100.0', 2) }} || '元，标准'
        || {{ number_text('payments.standard_amount_fen / 100.0', 2) }} || '元乘'
        || cast(payments.person_count as string) || '人为'
        || {{ number_text('payments.standard_amount_fen * payments.person_count / 100.0', 2) }} || '元。' as reason
    from payments
    {{ join_threshold('uplift', 'subsidy_uplift_share', 'payments.payment_date') }}
    where
        payments.amount_fen < payments.standard_amount_fen * payments.person_count
        or payments.amount_fen
        > payments.standard_amount_fen * payments.person_count * (1 + uplift.threshold_value)
)

select
    'R04' as rule_code,
    'person' as subject_kind,
    subsidies.beneficiary_key as subject_key,
    cast(too_many.calendar_year as string) as signal_part,
    'payment' as fact,
    subsidies.payment_key as fact_key,
    too_many.reason
from too_many
inner join subsidies
    on too_many.beneficiary_key = subsidies.beneficiary_key and too_many.calendar_year = subsidies.calendar_year
union all
select
    'R18', 'payment', shared_accounts.first_key, md5(shared_accounts.bank_account_key), 'payment',
    to_persons.payment_key, shared_accounts.reason
from shared_accounts
inner join to_persons on shared_accounts.bank_account_key = to_persons.bank_account_key
union all
select
    'R20', 'payment', off_standard.payment_key, off_standard.payment_identity, 'payment',
    off_standard.payment_key as fact_key, off_standard.reason
from off_standard
