{# A percentage with four places. #}
{% macro floor_percent(part, whole) -%}
    {{ floor_ratio(part, whole, 100, 4) }}
{%- endmacro %}

{# A share with six places. #}
{% macro floor_share(part, whole) -%}
    {{ floor_ratio(part, whole, 1, 6) }}
{%- endmacro %}

{# A share of persons as it may be published: null of fewer than the smallest published total. #}
{% macro published_share(part, whole) -%}
    case when {{ whole }} >= {{ policy_value('smallest_published_total') }} then {{ floor_ratio(part, whole, 1, 6) }} end
{%- endmacro %}

{# Whether a number of a protected group is too small to be told; nothing tells of nobody. #}
{% macro is_small(number) -%}
    ({{ number }} > 0 and {{ number }} < {{ policy_value('smallest_published_total') }})
{%- endmacro %}

{# Whether a part that may be told goes with the only one that is hidden, which the whole would tell by subtraction: the
first by the order, of those that count anybody. #}
{% macro goes_with_the_hidden(is_hidden, amount, whole, order) -%}
    (
        not {{ is_hidden }}
        and {{ amount }} > 0
        and sum(case when {{ is_hidden }} and {{ amount }} > 0 then 1 else 0 end) over (partition by {{ whole }}) = 1
        and row_number() over (
            partition by {{ whole }}, {{ is_hidden }} or coalesce({{ amount }}, 0) <= 0 order by {{ order }}
        ) = 1
    )
{%- endmacro %}

{# Whether it goes with the only hidden one of any whole that is told, by any of the amounts that are told of it. #}
{% macro goes_with_a_hidden(is_hidden, amounts, wholes, order) -%}
    {%- set reasons = [] -%}
    {%- for whole in wholes -%}
        {%- for amount in amounts -%}
            {%- do reasons.append(goes_with_the_hidden(is_hidden, amount, whole, order)) -%}
        {%- endfor -%}
    {%- endfor -%}
    ({{ reasons | join(' or ') }})
{%- endmacro %}
