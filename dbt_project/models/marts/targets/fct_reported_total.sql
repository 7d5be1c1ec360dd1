with totals as (
    select * from {{ ref('int_reported_total') }}
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
    reported_total_key,
    submission_id,
    row_number,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    metric_id,
    coalesce(district_key, unit_district_key) as district_key,
    dimension,
    measure_code,
    case
        when not is_sensitive_group or period_value >= {{ policy_value('smallest_published_total') }} then period_value
    end as period_value,
    case
        when not is_sensitive_group or year_to_date_value >= {{ policy_value('smallest_published_total') }}
            then year_to_date_value
    end as year_to_date_value,
    case
        when not is_sensitive_group or cumulative_value >= {{ policy_value('smallest_published_total') }}
            then cumulative_value
    end as cumulative_value,
    is_revision,
    is_unit_total
from marked
