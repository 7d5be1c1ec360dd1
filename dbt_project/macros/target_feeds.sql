{# Whether a figure rests on what is expected: rows of its datasets, and the totals of units that send no rows. #}
{% macro feeds_target(expected, target_periods) -%}
    (
        position({{ expected }}.dataset in {{ target_periods }}.source_text) > 0
        or (
            {{ target_periods }}.has_reported_totals
            and {{ expected }}.dataset = 'aggregate_summary'
            and {{ expected }}.period > '{{ policy_value('opening_balance_period') }}'
            and {{ is_policy_code(
                expected ~ '.department_code', 'totals_only_department', expected ~ '.period_end_date'
            ) }}
        )
    )
{%- endmacro %}
