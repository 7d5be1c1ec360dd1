{# What tells of a person as it may be published: null where the person belongs to a sensitive group, in every table
   alike, so that no comparison of tables tells who does. The query joins int_sensitive_person as `sensitive`. #}
{% macro published_person(value) -%}
    case when sensitive.person_key is null then {{ value }} end
{%- endmacro %}

{# What tells of whom a row came as it may be published: null in rows that stand without their place. The query joins
   int_withheld_row as `withheld`. #}
{% macro published_place(value) -%}
    case when withheld.fact_key is null then {{ value }} end
{%- endmacro %}
