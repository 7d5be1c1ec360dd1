{% set kind = 'fact, kind_code, calendar_year' -%}
{% set wholes = [kind, kind ~ ', department_code', kind ~ ', district_key'] -%}
-- Rows of sensitive services and trainings that stand without what would tell how many there are of a small unit.
with services as (
    select * from {{ ref('int_support_service') }}
),

participations as (
    select * from {{ ref('int_participation') }}
),

figures as (
    select distinct fact_key from {{ ref('int_target_person') }}
    where is_withheld and component = 'counted'
),

events as (
    select
        'support_service' as fact,
        service_key as fact_key,
        service_type_code as kind_code,
        department_code,
        unit_code,
        {{ district_of('unit_code') }} as district_key,
        coalesce(extract(year from service_date), 0) as calendar_year,
        is_counted
    from services
    where
        service_type_code in {{ literals(policy_codes('sensitive_service_code')) }}
        or department_code in {{ literals(policy_codes('sensitive_department')) }}
    union all
    select
        'participation', participation_key, 'program', department_code, unit_code, {{ district_of('unit_code') }},
        coalesce(extract(year from event_date), 0), is_counted
    from participations
    where {{ has_code('program_codes', policy_codes('sensitive_program_code')) }}
),

-- A cell is one kind of one unit and year. A figure that it is in may be hidden though it is not small itself.
cells as (
    select
        events.fact,
        events.kind_code,
        events.department_code,
        events.unit_code,
        events.district_key,
        events.calendar_year,
        sum(case when events.is_counted then 1 else 0 end) as counted,
        count(figures.fact_key) > 0 as is_of_hidden_figure
    from events
    left join figures on events.fact_key = figures.fact_key
    group by
        events.fact, events.kind_code, events.department_code, events.unit_code, events.district_key,
        events.calendar_year
),

measured as (
    select
        *,
        is_of_hidden_figure or {{ is_small('counted') }} as is_hidden
    from cells
),

-- What a department, a district and the city has of a kind is told: where of one of these a single cell is hidden,
-- another goes with it, those of districts first. What went may be alone in another of the three.
paired as (
    select
        *,
        is_hidden or {{ goes_with_a_hidden('is_hidden', ['counted'], wholes[1:], 'district_key, unit_code') }}
            as is_paired
    from measured
),

withheld as (
    select
        *,
        is_paired or {{ goes_with_a_hidden('is_paired', ['counted'], wholes, 'district_key, unit_code') }}
            as is_withheld
    from paired
)

select
    events.fact,
    events.fact_key
from events
inner join withheld
    on
        events.fact = withheld.fact
        and events.kind_code = withheld.kind_code
        and events.unit_code = withheld.unit_code
        and events.calendar_year = withheld.calendar_year
where withheld.is_withheld
