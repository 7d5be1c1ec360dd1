with payments as (
    select * from {{ ref('stg_subsidy_payment') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('payments', 'subsidy_payment') }}
),

-- HRSS and FIN report the same money; a payment that names neither class nor certificate matches none.
matched as (
    select
        {{ row_key('newest') }} as payment_key,
        newest.*,
        classes.class_id as class_key,
        departments.department_order,
        coalesce(newest.department_code = classes.competent_department_code, false) as is_competent,
        case
            when newest.class_id is null and newest.certificate_key is null
                then newest.submission_id || '#' || cast(newest.row_index as string)
        end as alone_key
    from newest
    inner join departments on newest.department_code = departments.department_code
    left join classes on newest.class_id = classes.class_id
),

credited as (
    select
        *,
        first_value(payment_key) over credit as counted_payment_key,
        first_value(department_code) over credit as counted_department_code,
        count(*) over (
            partition by class_id, certificate_key, payee_key, payee_uscc, amount_fen, alone_key
        ) as reported_count
    from matched
    window credit as (
        partition by class_id, certificate_key, payee_key, payee_uscc, amount_fen, alone_key
        order by is_competent desc, department_order, unit_code, payment_id nulls last
    )
)

select
    *,
    coalesce(pay_date, approve_date, apply_date, period_end_date) as payment_date,
    counted_payment_key = payment_key as is_counted,
    case when reported_count > 1 then counted_payment_key end as duplicate_group_key,
    coalesce(status_code = '3', false) as is_paid,
    coalesce(status_code in ('4', '5'), false) as is_returned,
    {{ is_policy_code(
        'subsidy_type_code', 'skill_subsidy_code', 'coalesce(pay_date, approve_date, apply_date, period_end_date)'
    ) }} as is_for_skill
from credited
