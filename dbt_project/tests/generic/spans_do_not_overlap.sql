{# Each span ends before the next of its key begins, and none before its own beginning; null is without end. #}
{% test spans_do_not_overlap(model, key, from_date, to_date) %}
    select *
    from (
        select
            *,
            lead({{ from_date }}) over (partition by {{ key | join(', ') }} order by {{ from_date }}) as next_from_date
        from {{ model }}
    ) as spans
    where
        {{ to_date }} < {{ from_date }}
        or (next_from_date is not null and ({{ to_date }} is null or {{ to_date }} >= next_from_date))
{% endtest %}
