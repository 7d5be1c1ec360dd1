{# The value at a share of the way through an ordered group, between its two neighbours; exact, the same on every engine.
   `place` counts from 0, `size` is the number of values. #}
{% macro percentile(value, place, size, share) -%}
    sum({{ value }} * greatest(0, 1 - abs({{ place }} - ({{ size }} - 1) * cast({{ share }} as decimal(6, 4)))))
{%- endmacro %}
