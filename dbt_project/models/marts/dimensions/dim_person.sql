-- Only persons whom no published row marks as one of the sensitive groups.
with records as (
    select person_key, sex_code, birth_year, home_province_code from {{ ref('int_participation') }}
    union all
    select person_key, sex_code, birth_year, home_province_code from {{ ref('stg_certificate') }}
    union all
    select person_key, sex_code, birth_year, home_province_code from {{ ref('stg_support_service') }}
    union all
    select person_key, sex_code, birth_year, home_province_code from {{ ref('stg_talent_award') }}
    union all
    select person_key, null, birth_year, home_province_code from {{ ref('stg_attendance') }}
    union all
    select person_key, null, birth_year, home_province_code from {{ ref('stg_outcome_followup') }}
),

beneficiaries as (
    select beneficiary_key as person_key, null, null, null from {{ ref('stg_subsidy_payment') }}
    where beneficiary_key is not null
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
)

select
    records.person_key,
    max(records.sex_code) as sex_code,
    max(records.birth_year) as birth_year,
    max(records.home_province_code) as home_province_code
from (
    select * from records
    union all
    select * from beneficiaries
) as records
left join sensitive on records.person_key = sensitive.person_key
where sensitive.person_key is null
group by records.person_key
