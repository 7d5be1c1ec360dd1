-- Suspicions about the hours of a class: rules R11 and R12 of reference/risk_rules.csv, each with its rows.
with participations as (
    select * from {{ ref('int_participation') }}
    where start_date is not null
),

classes as (
    select
        *,
        {{ days_between('start_date', 'end_date') }} + 1 as class_days
    from {{ ref('int_class') }}
),

attendance as (
    select * from {{ ref('int_attendance') }}
    where is_valid
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

-- R11: completed with too few hours, or more hours planned than the days hold.
short_rows as (
    select
        participations.class_id,
        participations.participation_key,
        participations.attended_hours,
        classes.planned_hours,
        share.threshold_value as least_percentage
    from participations
    inner join classes on participations.class_id = classes.class_id
    {{ join_threshold('share', 'attendance_rate_min', 'participations.start_date') }}
    where
        participations.is_completed
        and participations.attended_hours * 100 < classes.planned_hours * share.threshold_value
),

short_hours as (
    select
        class_id,
        participation_key,
        '有' || cast(count(*) over (partition by class_id) as string) || '人次结业而实际课时不到计划'
        || {{ number_text('planned_hours', 1) }} || '课时的' || {{ number_text('least_percentage') }}
        || '%，最少的只有' || {{ number_text('min(attended_hours) over (partition by class_id)', 1) }} || '课时。'
            as reason
    from short_rows
),

crammed as (
    select
        classes.class_id,
        '计划' || {{ number_text('classes.planned_hours', 1) }} || '课时，' || cast(classes.class_days as string)
        || '天最多只能安排' || {{ number_text('daily.threshold_value * classes.class_days', 1) }} || '课时。' as reason
    from classes
    {{ join_threshold('daily', 'planned_hours_per_day', 'classes.start_date') }}
    where
        classes.planned_hours > daily.threshold_value * classes.class_days
        and classes.class_id not in (select short_hours.class_id from short_hours)
),

-- R12: nobody ever missed a session.
registers as (
    select
        class_id,
        count(distinct person_key) as persons,
        count(distinct cast(session_date as string) || coalesce(cast(session_start_time as string), '')) as sessions,
        count(*) as presences
    from attendance
    group by class_id
),

always_there as (
    select
        classes.class_id,
        '全班' || cast(registers.persons as string) || '人在' || cast(registers.sessions as string)
        || '次课中无一人缺勤。' as reason
    from registers
    inner join classes on registers.class_id = classes.class_id
    {{ join_threshold('most_persons', 'full_attendance_persons_min', 'classes.start_date') }}
    {{ join_threshold('most_sessions', 'full_attendance_sessions_min', 'classes.start_date') }}
    where
        registers.persons >= most_persons.threshold_value
        and registers.sessions >= most_sessions.threshold_value
        and registers.presences >= registers.persons * registers.sessions
)

select
    'R11' as rule_code,
    'class' as subject_kind,
    class_id as subject_key,
    cast(null as string) as signal_part,
    'participation' as fact,
    participation_key as fact_key,
    reason
from short_hours
union all
select 'R11', 'class', crammed.class_id, null, 'participation', participations.participation_key, crammed.reason
from crammed
inner join participations on crammed.class_id = participations.class_id
union all
select
    'R12', 'class', always_there.class_id, null, 'participation', participations.participation_key, always_there.reason
from always_there
inner join participations on always_there.class_id = participations.class_id
