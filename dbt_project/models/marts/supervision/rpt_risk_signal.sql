with risk_rows as (
    select * from {{ ref('int_risk_row') }}
),

rules as (
    select * from {{ ref('stg_risk_rule') }}
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

signals as (
    select
        signal_key,
        rule_code,
        subject_kind,
        subject_key,
        min(reason) as reason,
        count(*) as row_count,
        {{ joined('department_code') }} as department_codes,
        {{ joined('unit_code') }} as unit_codes,
        min(event_date) as first_event_date,
        max(event_date) as last_event_date,
        cast(sum(amount_fen) as bigint) as amount_fen
    from risk_rows
    group by signal_key, rule_code, subject_kind, subject_key
)

select
    signals.signal_key,
    signals.rule_code,
    rules.rule_name,
    rules.severity,
    signals.subject_kind,
    signals.subject_key,
    names.subject_name,
    signals.department_codes,
    signals.unit_codes,
    signals.row_count,
    signals.first_event_date,
    signals.last_event_date,
    signals.amount_fen,
    cast(row_number() over (order by signals.amount_fen desc, signals.signal_key) as bigint) as money_rank,
    signals.reason
from signals
left join rules on signals.rule_code = rules.rule_code
left join names on signals.subject_kind = names.subject_kind and signals.subject_key = names.subject_key
