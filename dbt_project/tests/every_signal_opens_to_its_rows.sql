with facts as (
    select
        'participation' as fact,
        participation_key as fact_key
    from {{ ref('fct_participation') }}
    union all
    select 'certificate', certificate_row_key from {{ ref('fct_certificate') }}
    union all
    select 'payment', payment_key from {{ ref('fct_subsidy_payment') }}
)

select
    risk_rows.signal_key,
    risk_rows.fact_key
from {{ ref('fct_risk_signal_row') }} as risk_rows
left join facts on risk_rows.fact = facts.fact and risk_rows.fact_key = facts.fact_key
where facts.fact_key is null
