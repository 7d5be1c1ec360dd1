{# Of those who learned to found a business (`is_founder` or another flag): who is due at a check, known, or reached what
   the rate asks for. Practice: a business started by then; success: it operates; stability: of the businesses started by
   month 6, those that operate. #}
{% macro founders(rate, month, step, flag='is_founder') -%}
    {{ flag }} and is_due_{{ month }}
    {%- if rate == 'stability' %} and has_started_6{% endif %}
    {%- if step in ('known', 'reached') %} and is_business_known_{{ month }}{% endif %}
    {%- if step == 'reached' and rate in ('practice', 'success') %} and has_started_{{ month }}{% endif %}
    {%- if step == 'reached' and rate in ('success', 'stability') %} and is_operating_{{ month }}{% endif %}
{%- endmacro %}

{# How many persons those are. #}
{% macro founders_count(rate, month, step, flag) -%}
    count(distinct case when {{ founders(rate, month, step, flag) }} then person_key end)
{%- endmacro %}
