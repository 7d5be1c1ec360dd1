-- Suspicions about persons and those who train them: rules R02, R05, R17 and R18 of reference/risk_rules.csv, each
-- with its rows. Persons of sensitive groups are never looked at.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

participations as (
    select participations.*
    from {{ ref('int_participation') }} as participations
    left join sensitive on participations.person_key = sensitive.person_key
    where sensitive.person_key is null and participations.start_date is not null
),

certificates as (
    select certificates.*
    from {{ ref('int_certificate') }} as certificates
    left join sensitive on certificates.person_key = sensitive.person_key
    where
        sensitive.person_key is null
        and certificates.is_counted
        and {{ is_policy_code(
            'certificates.certificate_type_code', 'skill_certificate_code', 'certificates.issue_date'
        ) }}
),

attendance as (
    select * from {{ ref('int_attendance') }}
    where is_valid and session_start_time is not null and session_end_time is not null
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

-- R02: one row of each training counts, so that what was reported twice is no second class.
took as (
    select
        participation_key,
        person_key,
        class_id,
        start_date,
        end_date,
        attended_hours / ({{ days_between('start_date', 'end_date') }} + 1) as daily_hours
    from participations
    where is_counted
),

registered as (
    select distinct class_id from attendance
),

session_clashes as (
    select distinct
        here.person_key,
        here.class_id as one_class_id,
        there.class_id as other_class_id
    from attendance as here
    inner join attendance as there
        on
            here.person_key = there.person_key
            and here.session_date = there.session_date
            and here.class_id < there.class_id
            and here.session_start_time < there.session_end_time
            and here.session_end_time > there.session_start_time
),

-- Where one of two classes kept no register, their days and the hours in a day tell.
clashes as (
    select
        one.person_key,
        one.participation_key as one_key,
        other.participation_key as other_key,
        cast(null as decimal(18, 1)) as daily_hours,
        cast(null as decimal(18, 6)) as most_hours
    from session_clashes
    inner join took as one
        on session_clashes.person_key = one.person_key and session_clashes.one_class_id = one.class_id
    inner join took as other
        on session_clashes.person_key = other.person_key and session_clashes.other_class_id = other.class_id
    union all
    select
        one.person_key,
        one.participation_key as one_key,
        other.participation_key as other_key,
        cast(one.daily_hours + other.daily_hours as decimal(18, 1)),
        daily.threshold_value
    from took as one
    inner join took as other
        on
            one.person_key = other.person_key
            and one.class_id < other.class_id
            and one.start_date <= other.end_date
            and one.end_date >= other.start_date
    left join registered as one_register on one.class_id = one_register.class_id
    left join registered as other_register on other.class_id = other_register.class_id
    {{ join_threshold('daily', 'attended_hours_per_day', 'one.start_date') }}
    where
        (one_register.class_id is null or other_register.class_id is null)
        and one.daily_hours + other.daily_hours > daily.threshold_value
),

clash_rows as (
    select
        person_key,
        one_key as participation_key
    from clashes
    union
    select
        person_key,
        other_key
    from clashes
),

clash_reasons as (
    select
        person_key,
        case
            when count(case when daily_hours is null then 1 end) > 0
                then
                    '按考勤有' || cast(count(case when daily_hours is null then 1 end) as varchar)
                    || '对班级的上课时间重叠。'
            else ''
        end
        || case
            when count(daily_hours) > 0
                then
                    '有' || cast(count(daily_hours) as varchar) || '对班级日期重叠，每天合计最多'
                    || cast(max(daily_hours) as varchar) || '课时，上限'
                    || cast(cast(max(most_hours) as integer) as varchar) || '课时。'
            else ''
        end as reason
    from clashes
    group by person_key
),

-- R05: only the year of birth is known, so only who is too young or too old on any birthday of it.
age_rows as (
    select
        participations.participation_key,
        participations.person_key,
        extract(year from participations.start_date) - participations.birth_year < least_age.threshold_value
            as is_too_young,
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
            extract(year from participations.start_date) - participations.birth_year < least_age.threshold_value
            or (extract(year from participations.start_date) - participations.birth_year) * 12
            + extract(month from participations.start_date) - 13 >= most_months.threshold_value
        )
),

age_reasons as (
    select
        person_key,
        case
            when bool_or(is_too_young)
                then '参加补贴性培训时未满' || cast(max(least_age) as varchar) || '周岁。'
            else
                '参加补贴性培训时已超过' || cast(max(most_years) as varchar) || '岁'
                || cast(max(most_months) as varchar) || '个月。'
        end as reason
    from age_rows
    group by person_key
),

-- R17: many certificates in a few days.
holders as (
    select person_key
    from certificates
    group by person_key
    having count(*) > 1
),

bursts as (
    select
        one.certificate_row_key as first_key,
        one.person_key,
        one.issue_date as first_date,
        {{ days_after('one.issue_date', 'days.threshold_value') }} as last_date,
        cast(days.threshold_value as integer) as day_count,
        count(*) as certificate_count
    from certificates as one
    inner join holders on one.person_key = holders.person_key
    {{ join_threshold('days', 'burst_certificates_days', 'one.issue_date') }}
    {{ join_threshold('least', 'burst_certificates_min', 'one.issue_date') }}
    inner join certificates as other
        on
            one.person_key = other.person_key
            and one.issue_date <= other.issue_date
            and {{ days_after('one.issue_date', 'days.threshold_value') }} >= other.issue_date
    group by
        one.certificate_row_key, one.person_key, one.issue_date, days.threshold_value, least.threshold_value
    having count(*) >= least.threshold_value
),

burst_rows as (
    select distinct
        certificates.person_key,
        certificates.certificate_row_key
    from bursts
    inner join certificates
        on
            bursts.person_key = certificates.person_key
            and certificates.issue_date between bursts.first_date and bursts.last_date
),

burst_reasons as (
    select
        person_key,
        cast(max(day_count) as varchar) || '天内取得' || cast(max(certificate_count) as varchar) || '张技能类证书。'
            as reason
    from bursts
    group by person_key
),

-- R18: one mobile number for many of an institution's trainees.
mobiles as (
    select
        institution_key,
        mobile_key,
        count(distinct person_key) as persons,
        max(start_date) as last_start_date,
        min(participation_key) as first_key
    from participations
    where mobile_key is not null and institution_key is not null
    group by institution_key, mobile_key
    having count(distinct person_key) > 1
),

shared_mobiles as (
    select
        mobiles.institution_key,
        mobiles.mobile_key,
        mobiles.first_key,
        cast(mobiles.persons as varchar) || '名学员登记同一个手机号。' as reason
    from mobiles
    {{ join_threshold('least', 'shared_contact_persons_min', 'mobiles.last_start_date') }}
    where mobiles.persons >= least.threshold_value
)

select
    'R02' as rule_code,
    'person' as subject_kind,
    clash_rows.person_key as subject_key,
    cast(null as varchar) as signal_part,
    'participation' as fact,
    clash_rows.participation_key as fact_key,
    clash_reasons.reason
from clash_rows
inner join clash_reasons on clash_rows.person_key = clash_reasons.person_key
union all
select 'R05', 'person', age_rows.person_key, null, 'participation', age_rows.participation_key, age_reasons.reason
from age_rows
inner join age_reasons on age_rows.person_key = age_reasons.person_key
union all
select
    'R17', 'person', burst_rows.person_key, null, 'certificate', burst_rows.certificate_row_key, burst_reasons.reason
from burst_rows
inner join burst_reasons on burst_rows.person_key = burst_reasons.person_key
union all
select
    'R18', 'institution', shared_mobiles.institution_key, shared_mobiles.first_key, 'participation',
    participations.participation_key, shared_mobiles.reason
from shared_mobiles
inner join participations
    on
        shared_mobiles.institution_key = participations.institution_key
        and shared_mobiles.mobile_key = participations.mobile_key
