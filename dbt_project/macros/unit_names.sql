{# Departments and reporting districts by name, told apart by a column with the name of the split. #}
{% macro unit_names(split) -%}
    select 'department' as {{ split }}, department_code as code, short_name as code_name
    from {{ ref('dim_department') }}
    union all
    select 'district', district_key, district_name
    from {{ ref('dim_district') }}
{%- endmacro %}
