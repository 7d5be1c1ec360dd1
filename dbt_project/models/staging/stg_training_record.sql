with accepted as (
    select * from {{ source('accepted', 'training_record') }}
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
    class_id,
    person_key,
    sex as sex_code,
    birth_year,
    home_province as home_province_code,
    education as education_code,
    hukou_type as hukou_type_code,
    person_category as person_category_codes,
    employer_name,
    employer_uscc,
    employer_industry as employer_industry_code,
    industry_cluster as industry_cluster_code,
    agreement_start as agreement_start_date,
    agreement_end as agreement_end_date,
    attended_hours,
    attendance_rate,
    exam_result as exam_result_code,
    theory_score,
    practice_score,
    completed as is_completed,
    completion_date,
    certificate_key,
    mobile_key,
    employed_after as is_employed_after
from accepted
