{# What the plan, the law or the bureau decided: reference/policy.csv, read while a model is compiled, so that the
   numbers and codes stand in its compiled SQL. Python reads the same rows in `warehouse.vocabulary.policy`. #}

{# The one value of a name that holds on the as-of day of the build. #}
{% macro policy_value(name) -%}
    {%- set values = policy_codes(name) -%}
    {%- if execute and values | length != 1 -%}
        {{ exceptions.raise_compiler_error("policy.csv gives " ~ values | length ~ " values of " ~ name ~ ", not one.") }}
    {%- endif -%}
    {{ values[0] }}
{%- endmacro %}

{# The values of a name that hold on the as-of day of the build, for macros that take a list of codes. #}
{% macro policy_codes(name) %}
    {%- if not execute -%}{{ return(['0']) }}{%- endif -%}
    {{ return(policy_rows(name) | selectattr('is_in_force') | map(attribute='value') | list) }}
{% endmacro %}

{# Whether a code is one that the name lists on the row's own day; null where the code is null. #}
{% macro is_policy_code(column, name, day) -%}
    (
        {%- for row in policy_rows(name) %}
        ({{ column }} = '{{ row['value'] }}'
        {%- if row['since'] > '0001-01-01' %} and {{ day }} >= date '{{ row['since'] }}'{% endif %}
        {%- if row['until'] < '9999-12-31' %} and {{ day }} <= date '{{ row['until'] }}'{% endif %})
        {{- ' or' if not loop.last }}
        {%- else %} false
        {%- endfor %}
    )
{%- endmacro %}

{# Whether a row of a directory is an enterprise, which is no institution: it has a register of its own. #}
{% macro is_enterprise() -%}
    coalesce({{ is_policy_code('entity_type_code', 'enterprise_type_code', 'period_end_date') }}, false)
{%- endmacro %}
