with rules as (
    select * from {{ ref('stg_risk_rule') }}
),

missing as (
    select
        rule_code,
        {{ joined('reason_text') }} as reason_text
    from {{ ref('stg_missing_source') }}
    group by rule_code
),

signals as (
    select
        rule_code,
        count(*) as signal_count,
        sum(row_count) as row_count,
        sum(amount_fen) as amount_fen
    from {{ ref('rpt_risk_signal') }}
    group by rule_code
)

select
    rules.rule_code,
    rules.rule_name,
    rules.audience,
    rules.severity,
    rules.rule_text,
    rules.basis,
    case
        when rules.runs_as = 'check' then 'department_check'
        when rules.runs_as = 'signal' and missing.rule_code is null then 'run'
        when rules.runs_as = 'signal' then 'run_in_part'
        else 'not_run'
    end as state,
    missing.reason_text as not_run_reason,
    case when rules.runs_as = 'signal' then coalesce(signals.signal_count, 0) end as signal_count,
    case when rules.runs_as = 'signal' then cast(coalesce(signals.row_count, 0) as bigint) end as row_count,
    case when rules.runs_as = 'signal' then cast(coalesce(signals.amount_fen, 0) as bigint) end as amount_fen
from rules
left join missing on rules.rule_code = missing.rule_code
left join signals on rules.rule_code = signals.rule_code
