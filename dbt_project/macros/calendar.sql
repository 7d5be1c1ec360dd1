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

{# The first and the last day of a year given as a number; null where no calendar has it. #}
{% macro year_start(year) -%}
    case when {{ year }} between 1000 and 9999 then cast(cast({{ year }} as string) || '-01-01' as date) end
{%- endmacro %}

{% macro year_end(year) -%}
    case when {{ year }} between 1000 and 9999 then cast(cast({{ year }} as string) || '-12-31' as date) end
{%- endmacro %}

{# How often a period of this name is reported: 2026, 2026-H1, 2026-Q2, 2026-01. #}
{% macro period_kind(period) -%}
    case
        when length({{ period }}) = 4 then 'yearly'
        when {{ period }} like '%-H_' then 'half-yearly'
        when {{ period }} like '%-Q_' then 'quarterly'
        else 'monthly'
    end
{%- endmacro %}
