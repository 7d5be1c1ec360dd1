{# Whether two rows are of the same target, period, split and unit. #}
{% macro same_task(left, right) -%}
    {{ left }}.target_id = {{ right }}.target_id
        and {{ left }}.period = {{ right }}.period
        and {{ left }}.task_split = {{ right }}.task_split
        and {{ left }}.task_unit_code = {{ right }}.task_unit_code
{%- endmacro %}

{# A count of a sensitive target as it may be published: null where there are fewer than the smallest published total. #}
{% macro published_count(amount, is_sensitive) -%}
    case
        when not {{ is_sensitive }} or {{ amount }} = 0 or {{ amount }} >= {{ policy_value('smallest_published_total') }}
            then {{ amount }}
    end
{%- endmacro %}
