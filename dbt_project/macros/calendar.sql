{# The first day of a date's month. #}
{% macro month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# How many months lie between the months of two dates. #}
{% macro months_between(first_date, last_date) -%}
    cast(
        (extract(year from {{ last_date }}) - extract(year from {{ first_date }})) * 12
        + extract(month from {{ last_date }}) - extract(month from {{ first_date }}) as integer
    )
{%- endmacro %}
