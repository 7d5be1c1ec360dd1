-- The opening balance as each unit told it: of a part where it is told of, else undivided.
with definitions as (
    select * from {{ ref('stg_target_definition') }}
    where reading = 'main' and opening = 'added'
),

totals as (
    select
        reported.metric_id as target_id,
        reported.department_code,
        reported.unit_code,
        reported.part_code,
        reported.is_unit_part,
        reported.cumulative_value
    from {{ ref('int_reported_total') }} as reported
    inner join definitions on reported.metric_id = definitions.target_id
    where
        reported.period = '{{ policy_value('opening_balance_period') }}'
        and reported.cumulative_value is not null
        and (reported.is_unit_total or reported.is_unit_part)
),

units as (
    select
        target_id,
        department_code,
        unit_code,
        max(case when not is_unit_part then part_code end) as undivided_code,
        sum(case when not is_unit_part then cumulative_value end) as whole,
        coalesce(sum(case when is_unit_part then cumulative_value end), 0) as of_parts
    from totals
    group by target_id, department_code, unit_code
),

-- What no part is told of stands undivided.
declared as (
    select
        target_id,
        department_code,
        unit_code,
        part_code,
        sum(cumulative_value) as declared
    from totals
    where is_unit_part
    group by target_id, department_code, unit_code, part_code
    union all
    select
        target_id,
        department_code,
        unit_code,
        undivided_code,
        greatest(whole - of_parts, 0)
    from units
    where whole is not null
)

select
    declared.target_id,
    declared.department_code,
    declared.unit_code,
    declared.part_code,
    cast(declared.declared as decimal(18, 4)) as declared,
    cast(greatest(coalesce(units.whole, 0), units.of_parts) as decimal(18, 4)) as declared_by_unit
from declared
inner join units on declared.target_id = units.target_id and declared.unit_code = units.unit_code
