-- Classes of a sensitive programme with a participation of which it is not told.
with participations as (
    select * from {{ ref('int_participation') }}
),

withheld as (
    select * from {{ ref('int_withheld_row') }}
)

select distinct participations.class_id
from participations
inner join withheld on participations.participation_key = withheld.fact_key
