-- Suspicions about persons in two places at once: rule R02 of reference/risk_rules.csv with its rows. Persons of
-- sensitive groups are never looked at.
with sensitive as (
    select * from {{ ref('int_sensitive_person') }}
),

attendance as (
    select * from {{ ref('int_attendance') }}
    where is_valid and session_start_time is not null and session_end_time is not null
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

-- One row of each training counts, so that what was reported twice is no second class.
trainings as (
    select
        participations.*,
        participations.attended_hours
        / ({{ days_between('participations.start_date', 'participations.end_date') }} + 1) as daily_hours
    from {{ ref('int_participation') }} as participations
    left join sensitive on participations.person_key = sensitive.person_key
    where sensitive.person_key is null and participations.start_date is not null and participations.is_counted
),

registered as (
    select distinct class_id from attendance
),

session_clashes as (
    select distinct
        here.person_key,
        here.class_id as first_class_id,
        there.class_id as second_class_id
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
        here.person_key,
        here.participation_key as first_key,
        there.participation_key as second_key,
        cast(null as decimal(18, 1)) as daily_hours,
        cast(null as decimal(18, 6)) as most_hours
    from session_clashes
    inner join trainings as here
        on session_clashes.person_key = here.person_key and session_clashes.first_class_id = here.class_id
    inner join trainings as there
        on session_clashes.person_key = there.person_key and session_clashes.second_class_id = there.class_id
    union all
    select
        here.person_key,
        here.participation_key as first_key,
        there.participation_key as second_key,
        cast(here.daily_hours + there.daily_hours as decimal(18, 1)),
        daily.threshold_value
    from trainings as here
    inner join trainings as there
        on
            here.person_key = there.person_key
            and here.class_id < there.class_id
            and here.start_date <= there.end_date
            and here.end_date >= there.start_date
    left join registered as here_register on here.class_id = here_register.class_id
    left join registered as there_register on there.class_id = there_register.class_id
    {{ join_threshold('daily', 'attended_hours_per_day', 'here.start_date') }}
    where
        (here_register.class_id is null or there_register.class_id is null)
        and here.daily_hours + there.daily_hours > daily.threshold_value
),

clash_rows as (
    select
        person_key,
        first_key as participation_key
    from clashes
    union
    select person_key, second_key from clashes
),

-- A part without a pair is null and falls out of the sentence.
clash_reasons as (
    select
        person_key,
        coalesce(
            '按考勤有' || cast(nullif(count(*) - count(daily_hours), 0) as string) || '对班级的上课时间重叠。', ''
        )
        || coalesce(
            '有' || cast(nullif(count(daily_hours), 0) as string) || '对班级日期重叠，每天合计最多'
            || cast(max(daily_hours) as string) || '课时，上限' || {{ number_text('max(most_hours)') }} || '课时。', ''
        ) as reason
    from clashes
    group by person_key
)

select
    'R02' as rule_code,
    'person' as subject_kind,
    clash_rows.person_key as subject_key,
    cast(null as string) as signal_part,
    'participation' as fact,
    clash_rows.participation_key as fact_key,
    clash_reasons.reason
from clash_rows
inner join clash_reasons on clash_rows.person_key = clash_reasons.person_key
