select submission_id
from {{ ref('fct_submission') }}
where received_rows <> accepted_rows + held_rows + withdrawn_rows
