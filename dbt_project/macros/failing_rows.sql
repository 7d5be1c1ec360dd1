{# What a test of senders' data stores: the rows of a staging model that meet one of the conditions, each with its
   submission, its place and the field that is to blame. `conditions`: field → SQL that is true where the row fails. #}
{% macro failing_rows(relation, conditions) %}
    select
        submission_id,
        row_index,
        row_number,
        case
            {%- for field, condition in conditions.items() %}
            when {{ condition }} then '{{ field }}'
            {%- endfor %}
        end as field
    from {{ relation }}
    where {{ conditions.values() | join(' or ') }}
{% endmacro %}
