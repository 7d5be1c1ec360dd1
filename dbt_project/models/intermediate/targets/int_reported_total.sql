with totals as (
    select
        *,
        {{ district_of('unit_code') }} as unit_district_key,
        coalesce(district_key, {{ district_of('unit_code') }}) = {{ district_of('unit_code') }} as is_own_area
    from {{ ref('stg_aggregate_summary') }}
),

rules as (
    select * from {{ ref('stg_target_rule') }}
    where reading = 'main' and part_code is not null
),

codes as (
    select * from {{ ref('dim_code') }}
    where code_list = 'program'
),

-- A group may name a part of its target: by code or name, with or without 其中.
parts as (
    select distinct
        rules.target_id,
        rules.part_code,
        codes.code_name as part_name
    from rules
    left join codes on rules.part_code = codes.code
),

newest as (
    {{ newest_per_key('totals', 'aggregate_summary') }}
),

divided as (
    select distinct target_id from rules
),

-- A unit's own total is the row without a group and of its own area; only where it gives none do its districts add up.
marked as (
    select
        newest.*,
        case
            when newest.dimension is null and divided.target_id is not null then 'undivided'
            when newest.is_own_area then parts.part_code
        end as part_code,
        newest.dimension is null and newest.is_own_area as is_own_total,
        bool_or(newest.dimension is null and newest.is_own_area) over (
            partition by newest.unit_code, newest.metric_id, newest.period
        ) as has_own_total
    from newest
    left join divided on newest.metric_id = divided.target_id
    left join parts
        on
            newest.metric_id = parts.target_id
            and replace(replace(newest.dimension, '其中：', ''), '其中:', '') in (parts.part_code, parts.part_name)
)

select
    {{ row_key('marked') }} as reported_total_key,
    *,
    is_own_total or (dimension is null and not has_own_total) as is_unit_total,
    dimension is not null and part_code is not null as is_unit_part
from marked
