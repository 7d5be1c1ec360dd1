{# Credit codes as they are stored: public ones, and of a sole trader (个体工商户), whose code leads to a person, 92 and a
   token. So organisations are told apart by what is stored, and sole traders known by its first two characters. #}

{# The public code; null for a sole trader. #}
{% macro public_code(code) -%}
    case when not {{ is_sole_trader(code) }} then {{ code }} end
{%- endmacro %}

{% macro is_sole_trader(code) -%}
    {{ code }} like '92%'
{%- endmacro %}
