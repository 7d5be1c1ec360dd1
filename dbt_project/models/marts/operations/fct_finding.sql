with findings as (
    select * from {{ ref('stg_finding') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by submission_id, scope, rule_code
            order by
                row_index nulls last,
                row_number nulls last,
                field nulls last,
                cell nulls last,
                message nulls last
        ) as finding_number
    from findings
)

select
    submission_id || '#' || scope || '#' || rule_code || '#' || cast(finding_number as string) as finding_key,
    submission_id,
    dataset,
    scope,
    rule_code,
    severity,
    field,
    row_number,
    cell,
    message,
    finding_identity,
    state,
    {{ local_date('opened_at') }} as event_date,
    opened_at,
    fixed_at,
    fixed_by_submission_id,
    {{ days_between('cast(opened_at as date)', 'cast(fixed_at as date)') }} as days_to_fix,
    explained_at,
    explained_at is not null as is_explained,
    exception_id
from numbered
