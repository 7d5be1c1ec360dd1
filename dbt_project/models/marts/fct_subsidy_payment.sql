with payments as (
    select * from {{ ref('stg_subsidy_payment') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

sensitive as (
    select * from {{ ref('int_sensitive_person') }}
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
                then newest.submission_id || '#' || cast(newest.row_index as varchar)
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
        order by is_competent desc, department_order, unit_code, payment_id
    )
)

select
    credited.payment_key,
    credited.submission_id,
    credited.row_number,
    credited.department_code,
    credited.unit_code,
    credited.payment_id,
    credited.class_key,
    {{ published_person('credited.beneficiary_key') }} as person_key,
    case when sensitive.person_key is null then credited.certificate_key end as certificate_key,
    credited.subsidy_type_code,
    credited.funding_source_code,
    credited.payee_type_code,
    credited.payee_uscc,
    credited.occupation_code,
    credited.skill_level_code,
    credited.standard_amount_fen,
    credited.amount_fen,
    credited.person_count,
    credited.apply_date,
    credited.approve_date,
    credited.pay_date,
    credited.fiscal_year,
    credited.status_code,
    credited.counted_payment_key = credited.payment_key as is_counted,
    credited.counted_department_code,
    case when credited.reported_count > 1 then credited.counted_payment_key end as duplicate_group_key
from credited
left join sensitive on credited.beneficiary_key = sensitive.person_key
