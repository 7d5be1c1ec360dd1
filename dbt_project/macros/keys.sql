{# The row a fact came from: never computed from a person, so that it links nothing. #}
{% macro row_key(relation) -%}
    {{ relation }}.submission_id || '#' || cast({{ relation }}.row_index as string)
{%- endmacro %}

{# The row index in a key of `row_key`. #}
{% macro row_index_of(key) -%}
    cast(substr({{ key }}, position('#' in {{ key }}) + 1) as bigint)
{%- endmacro %}

{# The reporting district: SZ for what the city itself reports (decision 8). #}
{% macro district_of(unit_code) -%}
    case when position('.' in {{ unit_code }}) > 0 then substr({{ unit_code }}, position('.' in {{ unit_code }}) + 1) else 'SZ' end
{%- endmacro %}

{# Two relations about the same target, reading and period. #}
{% macro same_target_period(one, other) -%}
    {{ one }}.target_id = {{ other }}.target_id and {{ one }}.reading = {{ other }}.reading and {{ one }}.period = {{ other }}.period
{%- endmacro %}
