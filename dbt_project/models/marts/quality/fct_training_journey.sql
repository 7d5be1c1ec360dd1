{% set checks = [3, 6, 12] -%}
-- Persons of sensitive groups are left out: their rows have no key, and a journey would link them.
with participations as (
    select * from {{ ref('int_participation') }}
    where is_counted and occupation_code is not null
),

certificates as (
    select * from {{ ref('int_certificate') }}
    where is_counted
),

payments as (
    select * from {{ ref('int_subsidy_payment') }}
    where is_counted and is_paid
),

classes as (
    select * from {{ ref('int_class') }}
),

followups as (
    select * from {{ ref('int_outcome_followup') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

trainings as (
    select
        participations.*,
        min(participations.start_date) over journey as first_start_date,
        count(*) over journey as trainings,
        row_number() over (
            partition by participations.person_key, participations.occupation_code
            order by participations.event_date nulls last, participations.participation_key
        ) as training_number
    from participations
    left join sensitive on participations.person_key = sensitive.person_key
    where sensitive.person_key is null
    window journey as (partition by participations.person_key, participations.occupation_code)
),

firsts as (
    select * from trainings
    where training_number = 1
),

certified as (
    select
        firsts.participation_key,
        min(certificates.issue_date) as certificate_date,
        count(*) as certificates
    from firsts
    inner join certificates
        on
            firsts.person_key = certificates.person_key
            and firsts.occupation_code = certificates.occupation_code
            and firsts.first_start_date <= certificates.issue_date
    group by firsts.participation_key
),

subsidised as (
    select
        firsts.participation_key,
        min(payments.pay_date) as subsidy_date,
        sum(payments.amount_fen) as subsidy_fen
    from payments
    left join classes on payments.class_key = classes.class_id
    inner join firsts
        on
            payments.beneficiary_key = firsts.person_key
            and coalesce(payments.occupation_code, classes.occupation_code) = firsts.occupation_code
            and payments.pay_date >= firsts.first_start_date
    group by firsts.participation_key
),

followed as (
    select
        trainings.person_key,
        trainings.occupation_code,
        {%- for month in checks %}
            bool_or(case when followups.check_month = {{ month }} then followups.is_employed end)
                as is_employed_month_{{ month }},
        {%- endfor %}
        count(*) as followups
    from trainings
    inner join followups
        on trainings.person_key = followups.person_key and trainings.class_id = followups.class_id
    group by trainings.person_key, trainings.occupation_code
)

select
    firsts.participation_key as journey_key,
    firsts.person_key,
    firsts.occupation_code,
    firsts.department_code,
    {{ district_of('firsts.unit_code') }} as district_key,
    firsts.event_date,
    firsts.first_start_date as start_date,
    firsts.trainings,
    certified.certificate_date,
    coalesce(certified.certificates, 0) as certificates,
    subsidised.subsidy_date,
    cast(coalesce(subsidised.subsidy_fen, 0) as bigint) as subsidy_fen,
    {%- for month in checks %}
        followed.is_employed_month_{{ month }},
    {%- endfor %}
    coalesce(followed.followups, 0) as followups,
    {{ days_between('firsts.event_date', 'certified.certificate_date') }} as days_to_certificate,
    {{ days_between('firsts.event_date', 'subsidised.subsidy_date') }} as days_to_subsidy,
    certified.participation_key is not null as is_certified,
    subsidised.participation_key is not null as is_subsidised,
    followed.person_key is not null as is_followed_up
from firsts
left join certified on firsts.participation_key = certified.participation_key
left join subsidised on firsts.participation_key = subsidised.participation_key
left join followed
    on firsts.person_key = followed.person_key and firsts.occupation_code = followed.occupation_code
