{% set subjects = {
    'class': 'class_id', 'institution': 'institution_key', 'occupation': 'occupation_code',
    'department': 'department_code',
} -%}
-- What became of the trained, counted per class, institution, occupation and department.
with outcomes as (
    select * from {{ ref('int_training_outcome') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

subsidies as (
    select * from {{ ref('int_class_subsidy') }}
),

-- Per class and reporting department first: everything above is a sum of it.
counts as (
    select
        class_id,
        institution_key,
        occupation_code,
        department_code,
        count(*) as participations,
        count(case when is_completed then 1 end) as completed,
        count(case when is_examined then 1 end) as examined,
        count(case when is_passed then 1 end) as passed,
        count(case when is_upgrade_known then 1 end) as upgrade_known,
        count(case when is_upgrade_known and is_certified then 1 end) as upgraded,
        count(case when is_certified then 1 end) as certified,
        count(case when has_earlier_certificate then 1 end) as certified_again,
        count(case when is_level_raised then 1 end) as level_raised,
        count(case when is_employment_known then 1 end) as employment_known,
        count(case when is_employed then 1 end) as employed,
        0 as paid_fen
    from outcomes
    group by class_id, institution_key, occupation_code, department_code
),

-- The money stands with the unit whose word counts for the class.
money as (
    select
        classes.class_id,
        classes.institution_key,
        classes.occupation_code,
        classes.department_code,
        subsidies.paid_fen
    from subsidies
    inner join classes on subsidies.class_key = classes.class_id
    where classes.class_id in (select counts.class_id from counts)
),

facts as (
    select * from counts
    union all
    select
        class_id, institution_key, occupation_code, department_code,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        paid_fen
    from money
),

pieces as (
    {% for subject, key in subjects.items() %}
        select
            '{{ subject }}' as subject_kind,
            {{ key }} as subject_key,
            *
        from facts
        where {{ key }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    subject_kind,
    subject_key,
    cast(sum(participations) as bigint) as participations,
    cast(sum(completed) as bigint) as completed,
    cast(sum(examined) as bigint) as examined,
    cast(sum(passed) as bigint) as passed,
    cast(sum(upgrade_known) as bigint) as upgrade_known,
    cast(sum(upgraded) as bigint) as upgraded,
    cast(sum(certified) as bigint) as certified,
    cast(sum(certified_again) as bigint) as certified_again,
    cast(sum(level_raised) as bigint) as level_raised,
    cast(sum(employment_known) as bigint) as employment_known,
    cast(sum(employed) as bigint) as employed,
    cast(sum(paid_fen) as bigint) as paid_fen
from pieces
group by subject_kind, subject_key
