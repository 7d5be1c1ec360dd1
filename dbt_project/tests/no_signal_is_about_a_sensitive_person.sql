select signals.signal_key
from {{ ref('rpt_risk_signal') }} as signals
left join {{ ref('dim_person') }} as dim_person on signals.subject_key = dim_person.person_key
where signals.subject_kind = 'person' and dim_person.person_key is null
