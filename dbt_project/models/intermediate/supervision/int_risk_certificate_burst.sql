-- Suspicions about many certificates in a few days: rule R17 of reference/risk_rules.csv with its rows. Persons of
-- sensitive groups are never looked at.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

certificates as (
    select certificates.*
    from {{ ref('int_certificate') }} as certificates
    left join sensitive on certificates.person_key = sensitive.person_key
    where
        sensitive.person_key is null
        and certificates.is_counted
        and {{ is_policy_code(
            'certificates.certificate_type_code', 'skill_certificate_code', 'certificates.issue_date'
        ) }}
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

holders as (
    select person_key
    from certificates
    group by person_key
    having count(*) > 1
),

bursts as (
    select
        here.certificate_row_key as first_key,
        here.person_key,
        here.issue_date as first_date,
        {{ days_after('here.issue_date', 'days.threshold_value') }} as last_date,
        cast(days.threshold_value as integer) as day_count,
        count(*) as certificate_count
    from certificates as here
    inner join holders on here.person_key = holders.person_key
    {{ join_threshold('days', 'burst_certificates_days', 'here.issue_date') }}
    {{ join_threshold('least', 'burst_certificates_min', 'here.issue_date') }}
    inner join certificates as later
        on
            here.person_key = later.person_key
            and here.issue_date <= later.issue_date
            and {{ days_after('here.issue_date', 'days.threshold_value') }} >= later.issue_date
    group by
        here.certificate_row_key, here.person_key, here.issue_date, days.threshold_value, least.threshold_value
    having count(*) >= least.threshold_value
),

burst_rows as (
    select distinct
        certificates.person_key,
        certificates.certificate_row_key
    from bursts
    inner join certificates
        on
            bursts.person_key = certificates.person_key
            and certificates.issue_date between bursts.first_date and bursts.last_date
),

burst_reasons as (
    select
        person_key,
        cast(max(day_count) as string) || '天内取得' || cast(max(certificate_count) as string) || '张技能类证书。'
            as reason
    from bursts
    group by person_key
)

select
    'R17' as rule_code,
    'person' as subject_kind,
    burst_rows.person_key as subject_key,
    cast(null as string) as signal_part,
    'certificate' as fact,
    burst_rows.certificate_row_key as fact_key,
    burst_reasons.reason
from burst_rows
inner join burst_reasons on burst_rows.person_key = burst_reasons.person_key
