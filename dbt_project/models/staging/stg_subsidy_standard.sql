with accepted as (
    select * from {{ source('accepted', 'subsidy_standard') }}
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
    subsidy_type as subsidy_type_code,
    occupation_code,
    occupation_name,
    skill_level as skill_level_code,
    person_category as person_category_code,
    amount as amount_fen,
    document,
    from_date,
    to_date
from accepted
