{# Everything that is spelled differently on another engine. #}

{% macro file_position() %}{{ return(adapter.dispatch('file_position')()) }}{% endmacro %}
{% macro duckdb__file_position() %}row_number() over (){% endmacro %}

{% macro days_between(first_date, last_date) %}
    {{- return(adapter.dispatch('days_between')(first_date, last_date)) -}}
{% endmacro %}
{% macro duckdb__days_between(first_date, last_date) %}({{ last_date }} - {{ first_date }}){% endmacro %}

{% macro iso_weekday(day) %}{{ return(adapter.dispatch('iso_weekday')(day)) }}{% endmacro %}
{% macro duckdb__iso_weekday(day) %}isodow({{ day }}){% endmacro %}

{% macro days_from(first_date, last_date) %}
    {{- return(adapter.dispatch('days_from')(first_date, last_date)) -}}
{% endmacro %}
{% macro duckdb__days_from(first_date, last_date) %}
    select cast(generated.day as date) as date_day
    from generate_series(date '{{ first_date }}', date '{{ last_date }}', interval 1 day) as generated (day)
{% endmacro %}

{% macro local_date(utc_timestamp) %}{{ return(adapter.dispatch('local_date')(utc_timestamp)) }}{% endmacro %}
{% macro duckdb__local_date(utc_timestamp) %}cast({{ utc_timestamp }} + interval 8 hour as date){% endmacro %}

{# part / whole × scale with `places` places, exact and never rounded up (decision 10); null where whole is 0 or
   the ratio is absurd: more than a column holds, as of a thousand million yuan spent of one fen. #}
{% macro floor_ratio(part, whole, scale, places) %}
    {{- return(adapter.dispatch('floor_ratio')(part, whole, scale, places)) -}}
{% endmacro %}
{% macro duckdb__floor_ratio(part, whole, scale, places) -%}
    cast(
        cast(
            nullif(least(
                (cast(cast({{ part }} as decimal(38, 4)) * 10000 as hugeint) * {{ scale * 10 ** places }})
                // nullif(cast(cast({{ whole }} as decimal(38, 4)) * 10000 as hugeint), 0),
                {{ 10 ** 17 }}
            ), {{ 10 ** 17 }}) as double
        ) / {{ 10 ** places }} as decimal(18, {{ places }})
    )
{%- endmacro %}

{% macro joined(expression) %}{{ return(adapter.dispatch('joined')(expression)) }}{% endmacro %}
{% macro duckdb__joined(expression) %}string_agg(distinct {{ expression }}, ';' order by {{ expression }}){% endmacro %}

{% macro days_after(day, days) %}{{ return(adapter.dispatch('days_after')(day, days)) }}{% endmacro %}
{% macro duckdb__days_after(day, days) %}({{ day }} + cast({{ days }} as integer)){% endmacro %}

{% macro months_after(day, months) %}{{ return(adapter.dispatch('months_after')(day, months)) }}{% endmacro %}
{% macro duckdb__months_after(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{# One row per part of a text. #}
{% macro parts_of(text, separator) %}{{ return(adapter.dispatch('parts_of')(text, separator)) }}{% endmacro %}
{% macro duckdb__parts_of(text, separator) %}unnest(string_split({{ text }}, '{{ separator }}')){% endmacro %}

{# Whether a list of codes (`;field=code;field=code;`) has all of the wanted ones and none of the unwanted; neither
   list need be given. #}
{% macro fits_codes(codes, wanted, unwanted) %}
    {{- return(adapter.dispatch('fits_codes')(codes, wanted, unwanted)) -}}
{% endmacro %}
{% macro duckdb__fits_codes(codes, wanted, unwanted) -%}
    (
        coalesce(list_has_all(string_split({{ codes }}, ';'), string_split({{ wanted }}, ';')), true)
        and not coalesce(list_has_any(string_split({{ codes }}, ';'), string_split({{ unwanted }}, ';')), false)
    )
{%- endmacro %}

{# The rows of a name in reference/policy.csv as mappings of since, until, value and is_in_force, on the as-of day of the
   build; none while parsing. #}
{% macro policy_rows(name) %}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- set named = run_query(
            "select *, as_of_day between since and until as is_in_force from (select value, "
            ~ "coalesce(since, '0001-01-01') as since, coalesce(until, '9999-12-31') as until, "
            ~ "(select cast(as_of_date as string) from " ~ run_table() ~ ") as as_of_day from "
            ~ policy_table() ~ " where name = '" ~ name ~ "') as named"
        ) -%}
        {%- if not named.rows -%}
            {{ exceptions.raise_compiler_error("policy.csv has no " ~ name ~ ".") }}
        {%- endif -%}
        {%- for row in named.rows -%}{%- do rows.append(row) -%}{%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{% endmacro %}

{# The rows of reference/policy.csv, before any model stands. #}
{% macro policy_table() %}{{ return(adapter.dispatch('policy_table')()) }}{% endmacro %}
{% macro duckdb__policy_table() %}
    {{ return(
        "read_csv('" ~ env_var('SKILLS_REFERENCE', flags.PROFILES_DIR ~ '/../warehouse/reference')
        ~ "/policy.csv', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
    ) }}
{% endmacro %}

{# The row that tells for which day the build is made, before any model stands. #}
{% macro run_table() %}{{ return(adapter.dispatch('run_table')()) }}{% endmacro %}
{% macro duckdb__run_table() %}
    {%- set home = env_var('SKILLS_HOME', flags.PROFILES_DIR ~ '/../warehouse/data') -%}
    {{ return("read_parquet('" ~ [home, 'work', 'register', 'run.parquet'] | join('/') ~ "')") }}
{% endmacro %}

{# The first of several names in one text; both engines spell it alike. #}
{% macro first_named(names) %}{{ return(adapter.dispatch('first_named')(names)) }}{% endmacro %}

{% macro default__first_named(names) -%}
    trim(regexp_replace(trim(replace({{ names }}, chr(10), '、')), '[、，,;；/／（(].*$', ''))
{%- endmacro %}
