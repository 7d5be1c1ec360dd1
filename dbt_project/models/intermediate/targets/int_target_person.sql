{% set components = ['counted', 'opening_balance', 'totals_only'] -%}
{% set period = 'target_id, reading, period' -%}
{% set wholes = [period, period ~ ', department_code', period ~ ', district_key'] -%}
-- The same entries, and which of them stand without their place.
with entries as (
    select * from {{ ref('int_target_entry') }}
),

pieces as (
    select * from {{ ref('int_target_piece') }}
    where not is_told
),

units as (
    select
        target_id,
        reading,
        period,
        unit_code,
        min(department_code) as department_code,
        {{ district_of('unit_code') }} as district_key,
        is_sensitive,
        {% for component in components -%}
            coalesce(sum(case when component = '{{ component }}' then amount end), 0) as {{ component }},
        {% endfor -%}
        max(case when component = 'counted' then 1 else 0 end) = 1 as has_rows
    from entries
    group by target_id, reading, period, unit_code, is_sensitive
),

-- A unit is not told of where it is small, nor where its department or district is not.
measured as (
    select
        units.*,
        units.is_sensitive and (
            (units.has_rows and units.counted < {{ policy_value('smallest_published_total') }})
            or {{ is_small('units.opening_balance') }}
            or {{ is_small('units.totals_only') }}
            or departments.code is not null
            or districts.code is not null
        ) as is_hidden
    from units
    left join pieces as departments
        on
            {{ same_target_period('units', 'departments') }}
            and departments.breakdown = 'department'
            and units.department_code = departments.code
    left join pieces as districts
        on
            {{ same_target_period('units', 'districts') }}
            and districts.breakdown = 'district'
            and units.district_key = districts.code
),

-- Nor where it would tell of the only such unit of its department, its district or the city; those of districts go
-- first. What went may be alone in another of the three.
paired as (
    select
        *,
        is_hidden or {{ goes_with_a_hidden('is_hidden', components, wholes[1:], 'district_key, unit_code') }}
            as is_paired
    from measured
),

withheld as (
    select
        *,
        is_paired or {{ goes_with_a_hidden('is_paired', components, wholes, 'district_key, unit_code') }}
            as is_withheld
    from paired
)

select
    entries.*,
    withheld.is_withheld
from entries
inner join withheld
    on {{ same_target_period('entries', 'withheld') }} and entries.unit_code = withheld.unit_code
