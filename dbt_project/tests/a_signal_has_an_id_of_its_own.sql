-- Twelve digits of a digest name a signal as long as no two signals share them.
select
    signal_id,
    count(*) as signal_count
from {{ ref('rpt_risk_signal') }}
group by signal_id
having count(*) > 1
