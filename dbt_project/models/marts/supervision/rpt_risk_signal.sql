with risk_rows as (
    select * from {{ ref('int_risk_row') }}
),

rules as (
    select * from {{ ref('stg_risk_rule') }}
),

steps as (
    select * from {{ ref('stg_signal') }}
),

cases as (
    select * from {{ ref('fct_enforcement_case') }}
),

names as (
    select
        'class' as subject_kind,
        class_key as subject_key,
        class_name as subject_name
    from {{ ref('dim_class') }}
    union all
    select 'institution', institution_key, institution_name from {{ ref('dim_institution') }}
),

case_subjects as (
    select
        'class' as subject_kind,
        stated_class_id as subject_key,
        case_id
    from cases
    where stated_class_id is not null
    union all
    select 'institution', subject_key, case_id from cases
    where subject_key is not null
),

subject_cases as (
    select
        subject_kind,
        subject_key,
        {{ joined('case_id') }} as case_ids
    from case_subjects
    group by subject_kind, subject_key
),

signals as (
    select
        signal_key,
        rule_code,
        subject_kind,
        min(subject_key) as subject_key,
        min(reason) as reason,
        count(*) as row_count,
        {{ joined('department_code') }} as department_codes,
        {{ joined('unit_code') }} as unit_codes,
        min(event_date) as first_event_date,
        max(event_date) as last_event_date,
        {{ joined('fact_identity') }} as fact_identities,
        cast(sum(amount_fen) as bigint) as amount_fen
    from risk_rows
    group by signal_key, rule_code, subject_kind
),

identified as (
    select
        *,
        {{ signal_id('rule_code', 'signal_key') }} as signal_id,
        {{ facts_digest('reason', 'amount_fen', 'fact_identities') }} as facts_digest
    from signals
),

-- What was cleared is new again once its facts are others.
judged as (
    select
        identified.*,
        steps.state_code,
        steps.state_reason,
        steps.decided_at,
        coalesce(steps.state_code = 'cleared' and steps.facts_digest <> identified.facts_digest, false) as is_reopened
    from identified
    left join steps on identified.signal_id = steps.signal_id
)

select
    judged.signal_key,
    judged.signal_id,
    judged.rule_code,
    rules.rule_name,
    rules.severity,
    judged.subject_kind,
    judged.subject_key,
    names.subject_name,
    judged.department_codes,
    judged.unit_codes,
    judged.row_count,
    judged.first_event_date,
    judged.last_event_date,
    judged.amount_fen,
    cast(row_number() over (order by judged.amount_fen desc, judged.signal_key) as bigint) as money_rank,
    judged.reason,
    judged.facts_digest,
    case when judged.is_reopened then 'new' else coalesce(judged.state_code, 'new') end as state_code,
    judged.is_reopened,
    judged.decided_at as state_decided_at,
    judged.state_reason,
    subject_cases.case_ids
from judged
left join rules on judged.rule_code = rules.rule_code
left join names on judged.subject_kind = names.subject_kind and judged.subject_key = names.subject_key
left join subject_cases
    on judged.subject_kind = subject_cases.subject_kind and judged.subject_key = subject_cases.subject_key
