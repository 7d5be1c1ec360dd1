with accepted as (
    select * from {{ source('accepted', 'institution_directory') }}
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
    uscc as institution_uscc,
    carrier_no as carrier_id,
    host_uscc,
    legal_rep_key,
    name as institution_name,
    entity_type as entity_type_code,
    license_no as license_id,
    scope as training_scope,
    cert_org_code as certificate_org_code,
    occupations as occupation_codes,
    valid_from as valid_from_date,
    valid_to as valid_to_date,
    district as district_key,
    address,
    office_phone,
    rating as rating_code,
    status as status_code,
    level as carrier_level_code,
    college_tier as college_tier_code
from accepted
