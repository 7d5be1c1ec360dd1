with totals as (
    select * from {{ ref('int_reported_total') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

sensitive_targets as (
    select distinct target_id from {{ ref('int_target_period') }}
    where is_sensitive
),

hidden_units as (
    select distinct
        target_id,
        unit_code
    from {{ ref('int_target_person') }}
    where is_withheld
),

-- A small group within a sensitive total would tell about persons, and so would a small total of a sensitive target, or
-- any of a unit whose share of it is not told.
marked as (
    select
        totals.*,
        totals.dimension is not null
        and (
            sensitive_targets.target_id is not null
            or totals.department_code in {{ literals(policy_codes('totals_only_department')) }}
            or totals.department_code in {{ literals(policy_codes('sensitive_department')) }}
        ) as is_sensitive_group,
        sensitive_targets.target_id is not null as is_sensitive_target,
        hidden_units.target_id is not null as is_hidden_unit
    from totals
    left join sensitive_targets on totals.metric_id = sensitive_targets.target_id
    left join hidden_units
        on totals.metric_id = hidden_units.target_id and totals.unit_code = hidden_units.unit_code
)

select
    marked.reported_total_key,
    marked.submission_id,
    marked.row_number,
    marked.department_code,
    marked.unit_code,
    marked.period,
    marked.period_start_date,
    marked.period_end_date,
    {{ period_kind('marked.period') }} as period_kind,
    marked.period_end_date as event_date,
    marked.metric_id,
    coalesce(marked.district_key, marked.unit_district_key) as district_key,
    marked.dimension,
    marked.measure_code,
    {%- for value in ['period_value', 'year_to_date_value', 'cumulative_value'] %}
        case
            when
                not marked.is_hidden_unit
                and not (marked.is_sensitive_target and {{ is_small('marked.' ~ value) }})
                and (
                    not marked.is_sensitive_group
                    or marked.{{ value }} >= {{ policy_value('smallest_published_total') }}
                )
                then marked.{{ value }}
        end as {{ value }},
    {%- endfor %}
    marked.is_revision,
    marked.is_unit_total,
    warnings.fact_key is not null as has_open_warning
from marked
left join warnings on marked.reported_total_key = warnings.fact_key
