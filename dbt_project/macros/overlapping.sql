{# Rows of a relation by `participation_key` with the number of their island: within a group of `columns` the connected
   components of overlapping dates. #}
{% macro overlapping(relation, columns) %}
    select
        participation_key,
        sum(case when reached_date >= start_date then 0 else 1 end) over (
            partition by {{ columns }}
            order by start_date nulls last, end_date nulls last, participation_key
            rows between unbounded preceding and current row
        ) as island_number
    from (
        select
            participation_key,
            {{ columns }},
            start_date,
            end_date,
            max(end_date) over (
                partition by {{ columns }}
                order by start_date nulls last, end_date nulls last, participation_key
                rows between unbounded preceding and 1 preceding
            ) as reached_date
        from {{ relation }}
    ) as reached
{% endmacro %}
