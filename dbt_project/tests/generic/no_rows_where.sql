{# An assumption of the table: no row meets the condition. #}
{% test no_rows_where(model, condition) %}
    select * from {{ model }}
    where {{ condition }}
{% endtest %}
