{# Joins the value that held on a day; the query has imported stg_threshold as `thresholds`. Without a day or a value
   there is nothing to judge by, so the row falls out. #}
{% macro join_threshold(alias, name, day) -%}
    inner join thresholds as {{ alias }}
        on
            {{ alias }}.threshold_name = '{{ name }}'
            and {{ day }} between {{ alias }}.since_date and {{ alias }}.until_date
{%- endmacro %}
