{# A percentage with four places. #}
{% macro floor_percent(part, whole) -%}
    {{ floor_ratio(part, whole, 100, 4) }}
{%- endmacro %}

{# A share with six places. #}
{% macro floor_share(part, whole) -%}
    {{ floor_ratio(part, whole, 1, 6) }}
{%- endmacro %}
