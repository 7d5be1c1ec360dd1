{# Whether a list of codes separated by semicolons holds one of the codes. #}
{% macro has_code(codes, wanted) %}
    (
        {%- for code in wanted %}
        ';' || coalesce({{ codes }}, '') || ';' like '%;{{ code }};%'{{ ' or' if not loop.last }}
        {%- endfor %}
    )
{% endmacro %}

{# A list of codes as text literals. #}
{% macro literals(codes) -%}
    ('{{ codes | join("', '") }}')
{%- endmacro %}
