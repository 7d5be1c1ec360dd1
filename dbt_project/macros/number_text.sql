{# A number as a reader sees it in a sentence: cut to a whole one, or with so many places. #}
{% macro number_text(number, places=0) -%}
    cast(cast({{ number }} as {{ 'decimal(18, ' ~ places ~ ')' if places else 'integer' }}) as string)
{%- endmacro %}
