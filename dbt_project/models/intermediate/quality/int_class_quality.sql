-- The kind of training of each class: by its programs first, then by its type; the first line of the table that fits.
with classes as (
    select * from {{ ref('int_class') }}
),

kinds as (
    select * from {{ ref('stg_quality_kind') }}
),

with_certificates as (
    select distinct class_key
    from {{ ref('int_certificate') }}
    where class_key is not null
),

fitting as (
    select
        classes.class_id,
        kinds.quality_kind,
        kinds.certificate_type_codes,
        row_number() over (partition by classes.class_id order by kinds.kind_order) as kind_rank
    from classes
    inner join kinds
        on
            (
                kinds.code_list = 'program'
                and ';' || coalesce(classes.program_codes, '') || ';' like '%;' || kinds.code || ';%'
            )
            or (kinds.code_list = 'training_type' and classes.training_type_code = kinds.code)
)

select
    classes.class_id,
    fitting.certificate_type_codes,
    coalesce(fitting.quality_kind, 'pass_only') as quality_kind,
    -- A certificate is found by its occupation or by its class: without either nobody knows whether there is one.
    classes.occupation_code is not null or with_certificates.class_key is not null as is_certificate_known
from classes
left join fitting on classes.class_id = fitting.class_id and fitting.kind_rank = 1
left join with_certificates on classes.class_id = with_certificates.class_key
