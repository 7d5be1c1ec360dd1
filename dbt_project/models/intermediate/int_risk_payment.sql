-- Suspicions about money: rules R03, R04, R15, R16, R18 and R20 of reference/risk_rules.csv, each with its rows. Where
-- a rule puts payments of a person together, persons of sensitive groups are left out.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

payments as (
    select
        payments.*,
        sensitive.person_key is not null as is_sensitive
    from {{ ref('int_subsidy_payment') }} as payments
    left join sensitive on payments.beneficiary_key = sensitive.person_key
    where payments.is_counted and not payments.is_returned
),

certificates as (
    select
        certificate_key,
        issue_date
    from {{ ref('int_certificate') }}
    where is_counted
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

personal as (
    select * from payments
    where beneficiary_key is not null and not is_sensitive
),

-- R03: one occupation and level, paid for by different certificates.
same_level as (
    select
        beneficiary_key,
        occupation_code,
        skill_level_code,
        '就同一职业、同一等级领取技能提升补贴' || cast(count(*) as varchar) || '次。' as reason
    from personal
    where is_for_skill and occupation_code is not null and skill_level_code is not null
    group by beneficiary_key, occupation_code, skill_level_code
    having count(distinct coalesce(certificate_key, payment_key)) > 1
),

-- R04: living allowances go with a subsidy and are none of their own.
yearly as (
    select
        beneficiary_key,
        extract(year from payment_date) as calendar_year,
        count(*) as payment_count,
        max(payment_date) as last_date
    from personal
    where not {{ is_policy_code('subsidy_type_code', 'allowance_subsidy_code', 'payment_date') }}
    group by beneficiary_key, extract(year from payment_date)
    having count(*) > 1
),

too_many as (
    select
        yearly.beneficiary_key,
        yearly.calendar_year,
        cast(yearly.calendar_year as varchar) || '年领取补贴' || cast(yearly.payment_count as varchar) || '次，上限'
        || cast(cast(most.threshold_value as integer) as varchar) || '次。' as reason
    from yearly
    {{ join_threshold('most', 'subsidies_per_year', 'yearly.last_date') }}
    where yearly.payment_count > most.threshold_value
),

-- R15: applied for when it was too late.
late as (
    select
        personal.payment_key,
        '证书' || cast(certificates.issue_date as varchar) || '核发，' || cast(personal.apply_date as varchar)
        || '申请，超过' || cast(cast(months.threshold_value as integer) as varchar) || '个月。' as reason
    from personal
    inner join certificates on personal.certificate_key = certificates.certificate_key
    {{ join_threshold('months', 'subsidy_claim_months', 'personal.apply_date') }}
    where
        personal.is_for_skill
        and personal.apply_date > {{ months_after('certificates.issue_date', 'months.threshold_value') }}
),

-- R16: one certificate, paid for more than once.
paid_again as (
    select
        certificate_key,
        min(payment_key) as first_key,
        '同一证书领取技能提升补贴' || cast(count(*) as varchar) || '次'
        || case
            when count(distinct funding_source_code) > 1
                then '，来自' || cast(count(distinct funding_source_code) as varchar) || '个资金渠道'
            else ''
        end || '。' as reason
    from personal
    where is_for_skill and certificate_key is not null
    group by certificate_key
    having count(*) > 1
),

-- R18: one account for many persons.
accounts as (
    select
        bank_account_key,
        count(distinct beneficiary_key) as persons,
        max(payment_date) as last_date,
        min(payment_key) as first_key
    from personal
    where bank_account_key is not null and payee_type_code = '1'
    group by bank_account_key
    having count(distinct beneficiary_key) > 1
),

shared_accounts as (
    select
        accounts.bank_account_key,
        accounts.first_key,
        cast(accounts.persons as varchar) || '人的个人补贴打入同一个银行账号。' as reason
    from accounts
    {{ join_threshold('least', 'shared_contact_persons_min', 'accounts.last_date') }}
    where accounts.persons >= least.threshold_value
),

-- R20: neither the standard for all persons nor within the uplift allowed.
off_standard as (
    select
        payments.payment_key,
        '补贴' || cast(cast(payments.amount_fen / 100.0 as decimal(18, 2)) as varchar) || '元，标准'
        || cast(cast(payments.standard_amount_fen / 100.0 as decimal(18, 2)) as varchar) || '元乘'
        || cast(payments.person_count as varchar) || '人为'
        || cast(cast(payments.standard_amount_fen * payments.person_count / 100.0 as decimal(18, 2)) as varchar)
        || '元。' as reason
    from payments
    {{ join_threshold('uplift', 'subsidy_uplift_share', 'payments.payment_date') }}
    where
        payments.amount_fen < payments.standard_amount_fen * payments.person_count
        or payments.amount_fen
        > payments.standard_amount_fen * payments.person_count * (1 + uplift.threshold_value)
)

select
    'R03' as rule_code,
    'person' as subject_kind,
    personal.beneficiary_key as subject_key,
    personal.occupation_code || '#' || personal.skill_level_code as signal_part,
    'payment' as fact,
    personal.payment_key as fact_key,
    same_level.reason
from same_level
inner join personal
    on
        same_level.beneficiary_key = personal.beneficiary_key
        and same_level.occupation_code = personal.occupation_code
        and same_level.skill_level_code = personal.skill_level_code
where personal.is_for_skill
union all
select
    'R04', 'person', personal.beneficiary_key, cast(too_many.calendar_year as varchar), 'payment',
    personal.payment_key, too_many.reason
from too_many
inner join personal
    on
        too_many.beneficiary_key = personal.beneficiary_key
        and too_many.calendar_year = extract(year from personal.payment_date)
where not {{ is_policy_code('personal.subsidy_type_code', 'allowance_subsidy_code', 'personal.payment_date') }}
union all
select 'R15', 'payment', late.payment_key, null, 'payment', late.payment_key as fact_key, late.reason
from late
union all
select 'R16', 'payment', paid_again.first_key, null, 'payment', personal.payment_key, paid_again.reason
from paid_again
inner join personal on paid_again.certificate_key = personal.certificate_key
where personal.is_for_skill
union all
select 'R18', 'payment', shared_accounts.first_key, null, 'payment', personal.payment_key, shared_accounts.reason
from shared_accounts
inner join personal on shared_accounts.bank_account_key = personal.bank_account_key
where personal.payee_type_code = '1'
union all
select
    'R20', 'payment', off_standard.payment_key, null, 'payment', off_standard.payment_key as fact_key,
    off_standard.reason
from off_standard
