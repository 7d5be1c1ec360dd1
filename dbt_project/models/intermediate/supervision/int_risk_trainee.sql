-- Suspicions about the age of who stands on the lists: rule R05 of reference/risk_rules.csv with its rows. Persons of
-- sensitive groups are never looked at.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

participations as (
    select
        participations.*,
        extract(year from participations.start_date) - participations.birth_year as years_of_age
    from {{ ref('int_participation') }} as participations
    left join sensitive on participations.person_key = sensitive.person_key
    where sensitive.person_key is null and participations.start_date is not null
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

-- R05: only the year of birth is known, so only who is too young or too old on any birthday of it.
age_rows as (
    select
        participations.participation_key,
        participations.person_key,
        participations.years_of_age < least_age.threshold_value as is_too_young,
        cast(least_age.threshold_value as integer) as least_age,
        cast(floor(most_months.threshold_value / 12) as integer) as most_years,
        cast(most_months.threshold_value as integer) % 12 as most_months
    from participations
    {{ join_threshold('least_age', 'training_age_min', 'participations.start_date') }}
    inner join thresholds as most_months
        on
            most_months.threshold_name
            = case participations.sex_code
                when '1' then 'training_age_max_male_months' else 'training_age_max_female_months'
            end
            and participations.start_date between most_months.since_date and most_months.until_date
    where
        participations.is_headline_funded
        and participations.sex_code in ('1', '2')
        and (
            participations.years_of_age < least_age.threshold_value
            or participations.years_of_age * 12 + extract(month from participations.start_date) - 13
            >= most_months.threshold_value
        )
),

age_reasons as (
    select
        person_key,
        case
            when bool_or(is_too_young)
                then '参加补贴性培训时未满' || cast(max(least_age) as string) || '周岁。'
            else
                '参加补贴性培训时已超过' || cast(max(most_years) as string) || '岁'
                || cast(max(most_months) as string) || '个月。'
        end as reason
    from age_rows
    group by person_key
)

select
    'R05' as rule_code,
    'person' as subject_kind,
    age_rows.person_key as subject_key,
    cast(null as string) as signal_part,
    'participation' as fact,
    age_rows.participation_key as fact_key,
    age_reasons.reason
from age_rows
inner join age_reasons on age_rows.person_key = age_reasons.person_key
