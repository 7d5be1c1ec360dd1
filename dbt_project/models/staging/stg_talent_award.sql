with accepted as (
    select * from {{ source('accepted', 'talent_award') }}
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
    person_key,
    sex as sex_code,
    birth_year,
    home_province as home_province_code,
    award_name as award_code,
    award_year,
    award_date,
    doc_no as document_id,
    employer_name,
    occupation_name,
    skill_level as skill_level_code,
    bonus as bonus_fen,
    status as status_code
from accepted
