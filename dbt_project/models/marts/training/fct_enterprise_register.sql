-- Each report of a department holds the whole register of a kind: what is not in the newest has left it.
with entries as (
    select * from {{ ref('stg_enterprise_register') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

newest as (
    {{ newest_per_key('entries', 'enterprise_register') }}
),

dated as (
    select
        newest.*,
        departments.department_order,
        coalesce(
            newest.register_date <= runs.as_of_date
            and newest.period_end_date = max(
                case when newest.register_date <= runs.as_of_date then newest.period_end_date end
            ) over (partition by newest.unit_code, newest.register_kind_code),
            false
        ) as is_in_force
    from newest
    cross join runs
    inner join departments on newest.department_code = departments.department_code
)

select
    {{ row_key('dated') }} as register_key,
    dated.submission_id,
    dated.row_number,
    dated.department_code,
    dated.unit_code,
    dated.period,
    dated.period_start_date,
    dated.period_end_date,
    {{ period_kind('dated.period') }} as period_kind,
    dated.register_date as event_date,
    dated.enterprise_key,
    {{ public_code('dated.enterprise_key') }} as enterprise_uscc,
    {{ is_sole_trader('dated.enterprise_key') }} as is_sole_trader,
    dated.enterprise_name,
    dated.register_kind_code,
    dated.hazard_type_code,
    dated.industry_code,
    dated.district_key,
    dated.employee_count,
    dated.register_date,
    dated.is_in_force,
    dated.is_in_force
    and row_number() over (
        partition by dated.enterprise_key, dated.register_kind_code, dated.is_in_force
        order by dated.department_order, dated.unit_code, dated.register_date desc, dated.submission_id, dated.row_index
    ) = 1 as is_counted,
    warnings.fact_key is not null as has_open_warning
from dated
left join warnings on {{ row_key('dated') }} = warnings.fact_key
