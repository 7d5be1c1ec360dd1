select definitions.target_id
from {{ ref('stg_target_definition') }} as definitions
left join {{ ref('rpt_target_progress') }} as progress
    on definitions.target_id = progress.target_id and definitions.reading = progress.reading
where progress.target_id is null
