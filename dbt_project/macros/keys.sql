{# The row a fact came from: never computed from a person, so that it links nothing. #}
{% macro row_key(relation) -%}
    {{ relation }}.submission_id || '#' || cast({{ relation }}.row_index as varchar)
{%- endmacro %}

{# The reporting district: SZ for what the city itself reports (decision 8). #}
{% macro district_of(unit_code) -%}
    case when position('.' in {{ unit_code }}) > 0 then substr({{ unit_code }}, position('.' in {{ unit_code }}) + 1) else 'SZ' end
{%- endmacro %}
