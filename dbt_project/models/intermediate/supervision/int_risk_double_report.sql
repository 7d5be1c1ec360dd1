-- Suspicions about one training that two departments report: rule R22 of reference/risk_rules.csv with its rows, under
-- the class that counts.
with participations as (
    select * from {{ ref('int_participation') }}
    where start_date is not null and duplicate_group_key is not null
),

departments as (
    select * from {{ ref('stg_department') }}
),

doubled as (
    select
        duplicate_group_key,
        min(case when is_counted then class_id end) as class_id
    from participations
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
        '有' || cast(count(distinct duplicate_group_key) as string) || '人次由'
        || replace({{ joined('short_name') }}, ';', '、') || '重复报送，只计一次。' as reason
    from doubled_rows
    group by class_id
)

select
    'R22' as rule_code,
    'class' as subject_kind,
    doubled_rows.class_id as subject_key,
    cast(null as string) as signal_part,
    'participation' as fact,
    doubled_rows.participation_key as fact_key,
    doubled_classes.reason
from doubled_rows
inner join doubled_classes on doubled_rows.class_id = doubled_classes.class_id
