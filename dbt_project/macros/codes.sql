{# Whether a list of codes separated by semicolons holds one of the codes. Nearly all lists are of one code: to look for each
   code in each of them took a third of int_training_outcome. #}
{% macro has_code(codes, wanted) %}
    {%- if wanted %}
    case
        when {{ codes }} like '%;%'
            then
                {%- for code in wanted %}
                ';' || {{ codes }} || ';' like '%;{{ code }};%'{{ ' or' if not loop.last }}
                {%- endfor %}
        else coalesce({{ codes }} in {{ literals(wanted) }}, false)
    end
    {%- else %}
    false
    {%- endif %}
{% endmacro %}

{# A list of codes as text literals. #}
{% macro literals(codes) -%}
    ('{{ codes | join("', '") }}')
{%- endmacro %}

{# The codes of some columns as one text `;field=code;field=code;`, as reference/target_rules.csv names them. #}
{% macro field_codes(columns) -%}
    {%- for field, column in columns.items() -%}
        coalesce(';{{ field }}=' || replace(cast({{ column }} as string), ';', ';{{ field }}='), '') ||{{ ' ' }}
    {%- endfor -%}
    ';'
{%- endmacro %}

{# The amount that a rule names by its field; null where it names none. #}
{% macro named_amount(name, amounts) -%}
    case {{ name }}{% for field, amount in amounts.items() %} when '{{ field }}' then {{ amount }}{% endfor %} end
{%- endmacro %}

{# What a foreign key to dim_code says beside the code: of which list it is; nothing of another table's key. #}
{% macro of_list(code_list) %}{{ " and there.code_list = '" ~ code_list ~ "'" if code_list }}{% endmacro %}

{# Whether a list of codes separated by semicolons holds the code of a column; null where there is no list. #}
{% macro holds_code(codes, code) -%}
    ';' || {{ codes }} || ';' like '%;' || {{ code }} || ';%'
{%- endmacro %}
