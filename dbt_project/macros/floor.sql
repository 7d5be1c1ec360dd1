{# A percentage with four places. #}
{% macro floor_percent(part, whole) -%}
    {{ floor_ratio(part, whole, 100, 4) }}
{%- endmacro %}

{# A share with six places. #}
{% macro floor_share(part, whole) -%}
    {{ floor_ratio(part, whole, 1, 6) }}
{%- endmacro %}

{# A share of persons as it may be published: null of fewer than the smallest published total. #}
{% macro published_share(part, whole) -%}
    case when {{ whole }} >= {{ policy_value('smallest_published_total') }} then {{ floor_ratio(part, whole, 1, 6) }} end
{%- endmacro %}

{# Whether a number of a protected group is too small to be told; nothing tells of nobody. #}
{% macro is_small(number) -%}
    ({{ number }} > 0 and {{ number }} < {{ policy_value('smallest_published_total') }})
{%- endmacro %}
