with accepted as (
    select * from {{ source('accepted', 'enforcement_case') }}
)

select
    submission_id,
    row_index,
    row_number,
    delivery_order,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    case_id,
    found_date,
    source as source_code,
    subject_type as subject_type_code,
    subject_uscc,
    violation as violation_code,
    class_id,
    amount_involved as amount_involved_fen,
    amount_recovered as amount_recovered_fen,
    disposal as disposal_code,
    transfer_judicial as is_transferred_to_court,
    closed_date
from accepted
