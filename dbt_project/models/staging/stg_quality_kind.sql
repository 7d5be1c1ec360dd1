with kinds as (
    select * from {{ source('reference', 'quality_kinds') }}
)

select
    kind as quality_kind,
    kind_zh as quality_kind_name,
    code_list,
    code,
    certificate_types as certificate_type_codes,
    basis,
    cast({{ file_position() }} as integer) as kind_order
from kinds
