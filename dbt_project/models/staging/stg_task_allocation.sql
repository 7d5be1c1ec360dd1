with accepted as (
    select * from {{ source('accepted', 'task_allocation') }}
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
    target_id,
    task_split,
    task_unit as task_unit_code,
    task_window,
    version as task_version,
    quantity as task_quantity,
    document as task_document,
    from_date
from accepted
