{# What `engine.sql` dispatches, as Spark says it. #}

{# A reference table is one file, so that this counts its rows as they stand. #}
{% macro spark__file_position() %}row_number() over (order by monotonically_increasing_id()){% endmacro %}

{% macro spark__days_between(first_date, last_date) %}cast(datediff({{ last_date }}, {{ first_date }}) as bigint){% endmacro %}

{% macro spark__iso_weekday(day) %}(weekday({{ day }}) + 1){% endmacro %}

{% macro spark__days_from(first_date, last_date) %}
    select explode(sequence(date '{{ first_date }}', date '{{ last_date }}', interval 1 day)) as date_day
{% endmacro %}

{% macro spark__local_date(utc_timestamp) %}cast({{ utc_timestamp }} + interval 8 hours as date){% endmacro %}

{# Spark divides decimals to few places and whole numbers to 64 bits: without its remainder a part is divided exactly. #}
{% macro spark__floor_ratio(part, whole, scale, places) -%}
    {%- set multiple %}(cast(cast({{ part }} as decimal(38, 4)) * 10000 as decimal(38, 0)) * {{ scale * 10 ** places }}){% endset -%}
    {%- set divisor %}nullif(cast(cast({{ whole }} as decimal(38, 4)) * 10000 as decimal(38, 0)), 0){% endset -%}
    cast(
        cast(
            nullif(least(({{ multiple }} - {{ multiple }} % {{ divisor }}) / {{ divisor }}, {{ 10 ** 17 }}), {{ 10 ** 17 }})
            as double
        ) / {{ 10 ** places }} as decimal(18, {{ places }})
    )
{%- endmacro %}

{# `listagg` would say it, but Spark 4.3 breaks where a query has two of them. #}
{% macro spark__joined(expression) -%}
    case when count({{ expression }}) > 0 then array_join(array_sort(collect_set({{ expression }})), ';') end
{%- endmacro %}

{% macro spark__days_after(day, days) %}date_add({{ day }}, cast({{ days }} as integer)){% endmacro %}

{% macro spark__months_after(day, months) %}add_months({{ day }}, cast({{ months }} as integer)){% endmacro %}

{# Spark splits by a regular expression: in brackets a character stands for itself. #}
{% macro spark__parts_of(text, separator) %}explode(split({{ text }}, '[{{ separator }}]')){% endmacro %}

{% macro spark__fits_codes(codes, wanted, unwanted) -%}
    (
        coalesce(size(array_except(split({{ wanted }}, ';'), split({{ codes }}, ';'))) = 0, true)
        and not coalesce(arrays_overlap(split({{ codes }}, ';'), split({{ unwanted }}, ';')), false)
    )
{%- endmacro %}

{% macro spark__policy_table() %}{{ return('reference.policy') }}{% endmacro %}

{% macro spark__run_table() %}{{ return('register.run') }}{% endmacro %}
