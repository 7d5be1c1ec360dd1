{# The months of the opening balance are a policy: `back_file_first_period` until `opening_balance_period`. #}

{# Whether a day lies in them. #}
{% macro is_of_opening(day) -%}
    {{ day }} >= date '{{ policy_value('back_file_first_period') }}-01'
    and {{ day }} < {{ months_after("date '" ~ policy_value('opening_balance_period') ~ "-01'", 1) }}
{%- endmacro %}

{# Whether a period of a target holds them. #}
{% macro holds_opening(periods) -%}
    date '{{ policy_value('opening_balance_period') }}-01'
    between {{ periods }}.period_start_date and {{ periods }}.period_end_date
{%- endmacro %}
