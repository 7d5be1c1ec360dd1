{# One test for all of a mart's foreign keys: each value that is there stands in the column of the same name, or of
   the name given as `field`, of the table it leads to; a code in its `list` of dim_code. #}
{% test foreign_keys(model, keys) %}
    {% for key in keys %}
        select
            '{{ key.column }}' as column_name,
            cast(here.{{ key.column }} as string) as orphan
        from (select distinct {{ key.column }} from {{ model }}) as here
        left join {{ key.to }} as there
            on here.{{ key.column }} = there.{{ key.field or key.column }}{{ of_list(key.list) }}
        where here.{{ key.column }} is not null and there.{{ key.field or key.column }} is null
        {{ 'union all' if not loop.last }}
    {% endfor %}
{% endtest %}
