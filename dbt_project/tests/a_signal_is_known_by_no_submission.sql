-- What a signal is known by holds in the next build and in the next submission of the same rows.
select
    signal_key,
    fact_key
from {{ ref('fct_risk_signal_row') }}
where position(substr(fact_key, 1, position('#' in fact_key) - 1) in signal_key) > 0
