with certificates as (
    select * from {{ ref('stg_certificate') }}
),

classes as (
    select * from {{ ref('int_class') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

newest as (
    {{ newest_per_key('certificates', 'certificate') }}
),

-- A number that any unit has cancelled is cancelled.
cancelled as (
    select distinct certificate_key
    from newest
    where status_code = '2'
),

judged as (
    select
        {{ row_key('newest') }} as certificate_row_key,
        newest.*,
        departments.department_order,
        classes.class_id as class_key,
        coalesce(newest.department_code = classes.competent_department_code, false) as is_competent,
        case
            when cancelled.certificate_key is not null then 'cancelled'
            when newest.status_code = '3' then 'reissued'
        end as own_reason
    from newest
    inner join departments on newest.department_code = departments.department_code
    left join cancelled on newest.certificate_key = cancelled.certificate_key
    left join classes on newest.class_id = classes.class_id
),

credited as (
    select
        certificate_row_key,
        first_value(certificate_row_key) over credit as counted_certificate_row_key,
        first_value(department_code) over credit as counted_department_code,
        count(*) over (partition by certificate_key) as reported_count
    from judged
    where own_reason is null
    window credit as (
        partition by certificate_key
        order by
            is_competent desc,
            department_order,
            unit_code,
            issue_date nulls last,
            certificate_type_code nulls last
    )
)

select
    judged.*,
    credited.counted_department_code,
    case when credited.reported_count > 1 then credited.counted_certificate_row_key end as duplicate_group_key,
    coalesce(credited.counted_certificate_row_key = judged.certificate_row_key, false) as is_counted,
    coalesce(
        judged.own_reason,
        case when credited.counted_certificate_row_key <> judged.certificate_row_key then 'duplicate' end
    ) as not_counted_reason
from judged
left join credited on judged.certificate_row_key = credited.certificate_row_key
