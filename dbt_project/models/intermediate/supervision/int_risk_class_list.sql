-- Suspicions about the whole list of a class: rules R19 and R25 of reference/risk_rules.csv, each with its rows.
with participations as (
    select * from {{ ref('int_participation') }}
    where start_date is not null
),

classes as (
    select * from {{ ref('int_class') }}
),

dues as (
    select * from {{ ref('int_dataset_due') }}
    where dataset = 'training_record' and cadence = 'monthly'
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

lists as (
    select * from {{ ref('int_class_list') }}
),

-- R19: more than a class may hold.
crowded as (
    select
        classes.class_id,
        '名单' || cast(lists.persons as string) || '人，超过班额上限' || {{ number_text('size.threshold_value') }}
        || '人。' as reason
    from lists
    inner join classes on lists.class_id = classes.class_id
    {{ join_threshold('size', 'class_size_max', 'classes.start_date') }}
    where classes.is_headline_funded and lists.persons > size.threshold_value
),

-- R25: all passed where not all do. Results are in when the last report on a class was due.
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
        '名单' || cast(results.persons as string) || '人全部合格；同一职业的平均合格率为'
        || {{ number_text('floor(occupation_rates.pass_share * 1000) / 10', 1) }} || '%，全员合格的可能性低于'
        || {{ number_text('chance.threshold_value * 100', 1) }} || '%。' as reason
    from results
    inner join occupation_rates on results.occupation_code = occupation_rates.occupation_code
    {{ join_threshold('least_persons', 'pass_share_persons_min', 'results.start_date') }}
    {{ join_threshold('chance', 'full_pass_chance_max', 'results.start_date') }}
    where
        results.passed = results.persons
        and results.persons >= least_persons.threshold_value
        and power(occupation_rates.pass_share, results.persons) <= chance.threshold_value
),

suspicions as (
    select
        'R19' as rule_code,
        class_id,
        reason
    from crowded
    union all
    select 'R25', class_id, reason from all_passed
)

select
    suspicions.rule_code,
    'class' as subject_kind,
    suspicions.class_id as subject_key,
    cast(null as string) as signal_part,
    'participation' as fact,
    participations.participation_key as fact_key,
    suspicions.reason
from suspicions
inner join participations on suspicions.class_id = participations.class_id
