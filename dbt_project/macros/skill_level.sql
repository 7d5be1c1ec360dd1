{# How high a skill level stands: 1 学徒工 … 8 首席技师; 0 without one. #}
{% macro skill_level_rank(code) -%}
    coalesce(position({{ code }} in 'X54321TS'), 0)
{%- endmacro %}
