-- Suspicions about classes: rules R11, R12, R19, R22 and R25 of reference/risk_rules.csv, each with its rows.
with participations as (
    select * from {{ ref('int_participation') }}
    where start_date is not null
),

classes as (
    select * from {{ ref('int_class') }}
),

attendance as (
    select * from {{ ref('int_attendance') }}
    where is_valid
),

departments as (
    select * from {{ ref('stg_department') }}
),

dues as (
    select * from {{ ref('int_dataset_due') }}
    where dataset = 'training_record' and cadence = 'monthly'
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
        '有' || cast(count(*) over (partition by class_id) as varchar) || '人次结业而实际课时不到计划'
        || cast(cast(planned_hours as decimal(18, 1)) as varchar) || '课时的'
        || cast(cast(least_percentage as integer) as varchar) || '%，最少的只有'
        || cast(cast(min(attended_hours) over (partition by class_id) as decimal(18, 1)) as varchar) || '课时。'
            as reason
    from short_rows
),

crammed as (
    select
        classes.class_id,
        '计划' || cast(cast(classes.planned_hours as decimal(18, 1)) as varchar) || '课时，'
        || cast({{ days_between('classes.start_date', 'classes.end_date') }} + 1 as varchar) || '天最多只能安排'
        || cast(
            cast(
                daily.threshold_value * ({{ days_between('classes.start_date', 'classes.end_date') }} + 1)
                as decimal(18, 1)
            ) as varchar
        ) || '课时。' as reason
    from classes
    {{ join_threshold('daily', 'planned_hours_per_day', 'classes.start_date') }}
    where
        classes.planned_hours
        > daily.threshold_value * ({{ days_between('classes.start_date', 'classes.end_date') }} + 1)
),

-- R12: nobody ever missed a session.
registers as (
    select
        class_id,
        count(distinct person_key) as persons,
        count(distinct cast(session_date as varchar) || coalesce(cast(session_start_time as varchar), '')) as sessions,
        count(*) as presences
    from attendance
    group by class_id
),

always_there as (
    select
        classes.class_id,
        '全班' || cast(registers.persons as varchar) || '人在' || cast(registers.sessions as varchar)
        || '次课中无一人缺勤。' as reason
    from registers
    inner join classes on registers.class_id = classes.class_id
    {{ join_threshold('most_persons', 'full_attendance_persons_min', 'classes.start_date') }}
    {{ join_threshold('most_sessions', 'full_attendance_sessions_min', 'classes.start_date') }}
    where
        registers.persons >= most_persons.threshold_value
        and registers.sessions >= most_sessions.threshold_value
        and registers.presences >= registers.persons * registers.sessions
),

-- R19 and R25 look at the whole list of a class.
lists as (
    select
        class_id,
        count(distinct person_key) as persons,
        count(distinct case when coalesce(exam_result_code in ('1', '3'), false) then person_key end) as passed
    from participations
    group by class_id
),

crowded as (
    select
        classes.class_id,
        '名单' || cast(lists.persons as varchar) || '人，超过班额上限'
        || cast(cast(size.threshold_value as integer) as varchar) || '人。' as reason
    from lists
    inner join classes on lists.class_id = classes.class_id
    {{ join_threshold('size', 'class_size_max', 'classes.start_date') }}
    where classes.is_headline_funded and lists.persons > size.threshold_value
),

-- Results are in when the last report on a class was due.
results as (
    select
        lists.class_id,
        lists.persons,
        lists.passed,
        classes.occupation_code,
        classes.start_date
    from lists
    inner join classes on lists.class_id = classes.class_id
    inner join dues on classes.end_date <= dues.reported_until_date
    where classes.occupation_code is not null
),

occupation_rates as (
    select
        occupation_code,
        cast(sum(passed) as double) / sum(persons) as pass_share
    from results
    group by occupation_code
),

all_passed as (
    select
        results.class_id,
        '名单' || cast(results.persons as varchar) || '人全部合格；同一职业的平均合格率为'
        || cast(cast(floor(occupation_rates.pass_share * 1000) / 10 as decimal(18, 1)) as varchar)
        || '%，全员合格的可能性低于'
        || cast(cast(chance.threshold_value * 100 as decimal(18, 1)) as varchar) || '%。' as reason
    from results
    inner join occupation_rates on results.occupation_code = occupation_rates.occupation_code
    {{ join_threshold('least_persons', 'pass_share_persons_min', 'results.start_date') }}
    {{ join_threshold('chance', 'full_pass_chance_max', 'results.start_date') }}
    where
        results.passed = results.persons
        and results.persons >= least_persons.threshold_value
        and power(occupation_rates.pass_share, results.persons) <= chance.threshold_value
),

-- R22: one group of double reports from two departments, under the class that counts.
doubled as (
    select
        duplicate_group_key,
        min(case when is_counted then class_id end) as class_id
    from participations
    where duplicate_group_key is not null
    group by duplicate_group_key
    having min(department_code) <> max(department_code)
),

doubled_rows as (
    select
        doubled.class_id,
        doubled.duplicate_group_key,
        participations.participation_key,
        departments.short_name
    from doubled
    inner join participations on doubled.duplicate_group_key = participations.duplicate_group_key
    inner join departments on participations.department_code = departments.department_code
),

doubled_classes as (
    select
        class_id,
        '有' || cast(count(distinct duplicate_group_key) as varchar) || '人次由'
        || replace({{ joined('short_name') }}, ';', '、') || '重复报送，只计一次。' as reason
    from doubled_rows
    group by class_id
),

whole_classes as (
    select
        'R11' as rule_code,
        class_id,
        reason
    from crammed
    where class_id not in (select short_hours.class_id from short_hours)
    union all
    select 'R12', class_id, reason from always_there
    union all
    select 'R19', class_id, reason from crowded
    union all
    select 'R25', class_id, reason from all_passed
)

select
    whole_classes.rule_code,
    'class' as subject_kind,
    whole_classes.class_id as subject_key,
    cast(null as varchar) as signal_part,
    'participation' as fact,
    participations.participation_key as fact_key,
    whole_classes.reason
from whole_classes
inner join participations on whole_classes.class_id = participations.class_id
union all
select 'R11', 'class', class_id, null, 'participation', participation_key, reason
from short_hours
union all
select
    'R22', 'class', doubled_rows.class_id, null, 'participation', doubled_rows.participation_key,
    doubled_classes.reason
from doubled_rows
inner join doubled_classes on doubled_rows.class_id = doubled_classes.class_id
