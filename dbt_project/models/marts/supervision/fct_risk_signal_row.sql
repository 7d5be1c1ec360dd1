with risk_rows as (
    select * from {{ ref('int_risk_row') }}
)

select
    signal_key,
    fact,
    fact_key,
    unit_code,
    event_date,
    amount_fen
from risk_rows
