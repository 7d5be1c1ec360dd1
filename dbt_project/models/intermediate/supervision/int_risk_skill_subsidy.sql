-- Suspicions about what is paid for a certificate: rules R03, R15 and R16 of reference/risk_rules.csv, each with its
-- rows. Persons of sensitive groups are left out.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

payments as (
    select payments.*
    from {{ ref('int_subsidy_payment') }} as payments
    left join sensitive on payments.beneficiary_key = sensitive.person_key
    where
        payments.is_counted
        and not payments.is_returned
        and payments.is_for_skill
        and payments.beneficiary_key is not null
        and sensitive.person_key is null
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

-- R03: one occupation and level, paid for by different certificates.
same_level as (
    select
        beneficiary_key,
        occupation_code,
        skill_level_code,
        '就同一职业、同一等级领取技能提升补贴' || cast(count(*) as string) || '次。' as reason
    from payments
    where occupation_code is not null and skill_level_code is not null
    group by beneficiary_key, occupation_code, skill_level_code
    having count(distinct coalesce(certificate_key, payment_key)) > 1
),

-- R15: applied for when it was too late.
late as (
    select
        payments.payment_key,
        payments.unit_code || '#' || payments.payment_id as payment_identity,
        '证书' || cast(certificates.issue_date as string) || '核发，' || cast(payments.apply_date as string)
        || '申请，超过' || {{ number_text('months.threshold_value') }} || '个月。' as reason
    from payments
    inner join certificates on payments.certificate_key = certificates.certificate_key
    {{ join_threshold('months', 'subsidy_claim_months', 'payments.apply_date') }}
    where payments.apply_date > {{ months_after('certificates.issue_date', 'months.threshold_value') }}
),

-- R16: one certificate, paid for more than once.
paid_again as (
    select
        certificate_key,
        min(payment_key) as first_key,
        '同一证书领取技能提升补贴' || cast(count(*) as string) || '次'
        || case
            when count(distinct funding_source_code) > 1
                then '，来自' || cast(count(distinct funding_source_code) as string) || '个资金渠道'
            else ''
        end || '。' as reason
    from payments
    where certificate_key is not null
    group by certificate_key
    having count(*) > 1
)

select
    'R03' as rule_code,
    'person' as subject_kind,
    payments.beneficiary_key as subject_key,
    payments.occupation_code || '#' || payments.skill_level_code as signal_part,
    'payment' as fact,
    payments.payment_key as fact_key,
    same_level.reason
from same_level
inner join payments
    on
        same_level.beneficiary_key = payments.beneficiary_key
        and same_level.occupation_code = payments.occupation_code
        and same_level.skill_level_code = payments.skill_level_code
union all
select
    'R15', 'payment', late.payment_key, late.payment_identity, 'payment', late.payment_key as fact_key, late.reason
from late
union all
select
    'R16', 'payment', paid_again.first_key, paid_again.certificate_key, 'payment', payments.payment_key,
    paid_again.reason
from paid_again
inner join payments on paid_again.certificate_key = payments.certificate_key
