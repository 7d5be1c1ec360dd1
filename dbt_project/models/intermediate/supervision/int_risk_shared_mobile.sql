-- Suspicions about one mobile number for many of an institution's trainees: rule R18 of reference/risk_rules.csv with
-- its rows. Persons of sensitive groups are never looked at.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

participations as (
    select participations.*
    from {{ ref('int_participation') }} as participations
    left join sensitive on participations.person_key = sensitive.person_key
    where sensitive.person_key is null and participations.start_date is not null
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

mobiles as (
    select
        institution_key,
        mobile_key,
        count(distinct person_key) as persons,
        max(start_date) as last_start_date
    from participations
    where mobile_key is not null and institution_key is not null
    group by institution_key, mobile_key
    having count(distinct person_key) > 1
),

shared_mobiles as (
    select
        mobiles.institution_key,
        mobiles.mobile_key,
        cast(mobiles.persons as string) || '名学员登记同一个手机号。' as reason
    from mobiles
    {{ join_threshold('least', 'shared_contact_persons_min', 'mobiles.last_start_date') }}
    where mobiles.persons >= least.threshold_value
)

select
    'R18' as rule_code,
    'institution' as subject_kind,
    shared_mobiles.institution_key as subject_key,
    md5(shared_mobiles.mobile_key) as signal_part,
    'participation' as fact,
    participations.participation_key as fact_key,
    shared_mobiles.reason,
    shared_mobiles.mobile_key
from shared_mobiles
inner join participations
    on
        shared_mobiles.institution_key = participations.institution_key
        and shared_mobiles.mobile_key = participations.mobile_key
