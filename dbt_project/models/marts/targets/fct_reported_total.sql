with totals as (
    select * from {{ ref('int_reported_total') }}
),

-- A small group within a sensitive total would tell about persons.
marked as (
    select
        *,
        dimension is not null
        and (
            metric_id in ('T04', 'T05')
            or department_code in {{ literals(var('totals_only_departments') + var('sensitive_departments')) }}
        ) as is_sensitive_group
    from totals
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
    case when not is_sensitive_group or period_value >= {{ var('smallest_published_total') }} then period_value end
        as period_value,
    case
        when not is_sensitive_group or year_to_date_value >= {{ var('smallest_published_total') }}
            then year_to_date_value
    end as year_to_date_value,
    case
        when not is_sensitive_group or cumulative_value >= {{ var('smallest_published_total') }} then cumulative_value
    end as cumulative_value,
    is_revision,
    is_unit_total
from marked
