-- Enterprises of the registers in force. They are no institutions: none of them is in the directory for that.
with registers as (
    select
        *,
        row_number() over (
            partition by enterprise_key
            order by register_kind_code nulls last, register_date desc, register_key nulls last
        ) as place
    from {{ ref('fct_enterprise_register') }}
    where is_counted
)

select
    enterprise_key as registered_key,
    {{ public_code('enterprise_key') }} as registered_uscc,
    {{ is_sole_trader('enterprise_key') }} as is_sole_trader,
    max(case when place = 1 then enterprise_name end) as enterprise_name,
    max(case when place = 1 then industry_code end) as industry_code,
    max(case when place = 1 then district_key end) as district_key,
    max(case when place = 1 then employee_count end) as employee_count,
    max(hazard_type_code) as hazard_type_code,
    max(register_date) as register_date,
    bool_or(register_kind_code = '1') as is_high_hazard,
    bool_or(register_kind_code = '2') as is_state_owned,
    bool_or(register_kind_code = '3') as is_little_giant,
    bool_or(register_kind_code = '4') as is_large_industrial,
    bool_or(register_kind_code = '6') as is_single_product_champion
from registers
group by enterprise_key
