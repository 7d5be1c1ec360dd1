{# One row per natural key of each unit: the newest period wins, then the newest delivery (decision 4). #}
{% macro newest_per_key(relation, natural_key) %}
    select *
    from (
        select
            *,
            row_number() over (
                partition by unit_code, {{ natural_key | join(', ') }}
                order by
                    period_end_date desc, period_start_date desc, delivery_order desc, submission_id desc, row_index desc
            ) as natural_key_rank
        from {{ relation }}
    ) as ranked
    where natural_key_rank = 1
{% endmacro %}
