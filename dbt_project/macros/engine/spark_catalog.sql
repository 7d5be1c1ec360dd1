{# What Spark is told before it builds: where the sources' files lie, where its tables go, what types are called. #}

{# DuckDB reads the files of a source by itself (`external_location`), Spark reads the same files as tables. Its catalog
   lives as long as its process. #}
{% macro lay_sources() %}{{ return(adapter.dispatch('lay_sources')()) }}{% endmacro %}
{% macro duckdb__lay_sources() %}{% endmacro %}
{% macro spark__lay_sources() %}
    {%- if execute -%}
        {%- for schema in graph.sources.values() | map(attribute='schema') | unique -%}
            {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- endfor -%}
        {%- for source in graph.sources.values() -%}
            {%- set files = source.meta.external_location.split("'")[1] | replace('{name}', source.identifier) -%}
            {%- do lay_source(source.schema ~ '.' ~ source.identifier, files) -%}
        {%- endfor -%}
        {# No model reads it, but `policy_table`. #}
        {%- do lay_source(
            'reference.policy',
            env_var('SKILLS_REFERENCE', flags.PROFILES_DIR ~ '/../warehouse/reference') ~ '/policy.csv'
        ) -%}
    {%- endif -%}
{% endmacro %}

{% macro lay_source(name, files) %}
    {%- if files.endswith('.csv') -%}
        {%- do run_query(
            'create table ' ~ name ~ " using csv options (path '" ~ files
            ~ "', header 'true', multiLine 'true', escape '\"')"
        ) -%}
    {%- else -%}
        {%- do run_query(
            'create or replace view ' ~ name ~ ' as select * from parquet.`' ~ files ~ '`'
        ) -%}
    {%- endif -%}
{% endmacro %}

{# A schema is a folder of the data root, a table a folder of Parquet files in it. #}
{% macro spark__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation }}
        location '{{ [env_var('SKILLS_HOME', flags.PROFILES_DIR ~ '/../warehouse/data'), 'work', 'spark', relation.schema] | join('/') }}'
    {%- endcall -%}
{%- endmacro %}

{# A contract names its types as DuckDB does. #}
{% macro spark__get_empty_schema_sql(columns) %}
    select
    {% for column in columns.values() %}
        cast(null as {{ 'string' if column.data_type == 'varchar' else column.data_type }}) as {{ column.name }}
        {{- ', ' if not loop.last }}
    {% endfor %}
{% endmacro %}
