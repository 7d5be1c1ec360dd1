with classes as (
    select * from {{ ref('int_class') }}
),

withheld as (
    select * from {{ ref('int_withheld_class') }}
)

select
    classes.class_id as class_key,
    classes.submission_id,
    classes.row_number,
    classes.department_code,
    classes.unit_code,
    classes.class_name,
    classes.institution_key,
    classes.institution_name,
    classes.training_type_code,
    classes.special_action_code,
    case when withheld.class_id is null then classes.program_codes end as program_codes,
    classes.occupation_code,
    classes.occupation_name,
    classes.skill_level_code,
    classes.training_mode_code,
    classes.class_mode_code,
    classes.start_date,
    classes.end_date,
    classes.planned_hours,
    classes.planned_person_count,
    classes.venue_district_key,
    classes.funding_source_code,
    classes.is_public_welfare,
    classes.is_fee_charged,
    classes.competent_department_code,
    classes.filing_id,
    classes.is_institution_known,
    classes.is_headline_funded
from classes
left join withheld on classes.class_id = withheld.class_id
