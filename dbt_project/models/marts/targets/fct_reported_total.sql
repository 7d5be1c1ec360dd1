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

-- A small group within a sensitive total would tell about persons.
marked as (
    select
        totals.*,
        totals.dimension is not null
        and (
            sensitive_targets.target_id is not null
            or totals.department_code in {{ literals(policy_codes('totals_only_department')) }}
            or totals.department_code in {{ literals(policy_codes('sensitive_department')) }}
        ) as is_sensitive_group
    from totals
    left join sensitive_targets on totals.metric_id = sensitive_targets.target_id
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
    case
        when not marked.is_sensitive_group or marked.period_value >= {{ policy_value('smallest_published_total') }}
            then marked.period_value
    end as period_value,
    case
        when
            not marked.is_sensitive_group
            or marked.year_to_date_value >= {{ policy_value('smallest_published_total') }}
            then marked.year_to_date_value
    end as year_to_date_value,
    case
        when not marked.is_sensitive_group or marked.cumulative_value >= {{ policy_value('smallest_published_total') }}
            then marked.cumulative_value
    end as cumulative_value,
    marked.is_revision,
    marked.is_unit_total,
    warnings.fact_key is not null as has_open_warning
from marked
left join warnings on marked.reported_total_key = warnings.fact_key
