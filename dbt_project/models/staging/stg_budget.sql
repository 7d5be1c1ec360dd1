with accepted as (
    select * from {{ source('accepted', 'budget') }}
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
    year as budget_year,
    budget_dept as budget_department_code,
    funding_source as funding_source_code,
    budget_use as budget_use_code,
    budget_amount as budget_fen,
    spent_amount as spent_fen
from accepted
