with suspicions as (
    select * from {{ ref('int_risk_class_hours') }}
    union all
    select * from {{ ref('int_risk_class_list') }}
    union all
    select * from {{ ref('int_risk_double_report') }}
    union all
    select * from {{ ref('int_risk_concurrent_training') }}
    union all
    select * from {{ ref('int_risk_trainee') }}
    union all
    select rule_code, subject_kind, subject_key, signal_part, fact, fact_key, reason
    from {{ ref('int_risk_shared_mobile') }}
    union all
    select * from {{ ref('int_risk_certificate_burst') }}
    union all
    select * from {{ ref('int_risk_skill_subsidy') }}
    union all
    select * from {{ ref('int_risk_payment') }}
    union all
    select * from {{ ref('int_risk_assessment') }}
),

subsidies as (
    select * from {{ ref('int_class_subsidy') }}
),

payments as (
    select * from {{ ref('int_subsidy_payment') }}
    where is_counted and not is_returned
),

participations as (
    select * from {{ ref('int_participation') }}
),

certificates as (
    select * from {{ ref('int_certificate') }}
),

personal as (
    select
        beneficiary_key,
        class_key,
        sum(amount_fen) as amount_fen
    from payments
    where beneficiary_key is not null and class_key is not null
    group by beneficiary_key, class_key
),

certified as (
    select
        certificate_key,
        sum(amount_fen) as amount_fen
    from payments
    where certificate_key is not null
    group by certificate_key
),

keyed as (
    select
        {{ signal_key() }} as signal_key,
        *
    from suspicions
),

-- The money on a row: the person's for the class and a share of what all of it got, the certificate's, the payment.
facts as (
    select
        keyed.*,
        participations.department_code,
        participations.unit_code,
        coalesce(participations.event_date, participations.end_date) as event_date,
        {{ fact_identity('participation', 'participations') }} as fact_identity,
        coalesce(subsidies.per_head_fen, 0) + coalesce(personal.amount_fen, 0) as amount_fen
    from keyed
    inner join participations on keyed.fact_key = participations.participation_key
    left join subsidies on participations.class_id = subsidies.class_key
    left join personal
        on participations.person_key = personal.beneficiary_key and participations.class_id = personal.class_key
    where keyed.fact = 'participation'
    union all
    select
        keyed.*,
        certificates.department_code,
        certificates.unit_code,
        certificates.issue_date,
        {{ fact_identity('certificate', 'certificates') }},
        coalesce(certified.amount_fen, 0)
    from keyed
    inner join certificates on keyed.fact_key = certificates.certificate_row_key
    left join certified on certificates.certificate_key = certified.certificate_key
    where keyed.fact = 'certificate'
    union all
    select
        keyed.*,
        payments.department_code,
        payments.unit_code,
        payments.payment_date,
        {{ fact_identity('payment', 'payments') }},
        payments.amount_fen
    from keyed
    inner join payments on keyed.fact_key = payments.payment_key
    where keyed.fact = 'payment'
)

select
    signal_key,
    rule_code,
    subject_kind,
    subject_key,
    fact,
    fact_key,
    reason,
    department_code,
    unit_code,
    event_date,
    fact_identity,
    cast(amount_fen as bigint) as amount_fen
from facts
