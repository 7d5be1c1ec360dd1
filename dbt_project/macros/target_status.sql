{# Whether a figure meets its target: places by their own rules, a quota exactly, "above" strictly. #}
{% macro meets_target(figures, target_periods) -%}
    coalesce(
        {{ figures }}.is_reached,
        case
            when {{ target_periods }}.is_exact_quota then {{ figures }}.actual = {{ target_periods }}.threshold
            when {{ target_periods }}.comparator = '>' then {{ figures }}.actual > {{ target_periods }}.threshold
            else {{ figures }}.actual >= {{ target_periods }}.threshold
        end
    )
{%- endmacro %}

{# How what is done compares with what should be done by the cut-off. #}
{% macro pace_status(pace_ratio) -%}
    case
        when {{ pace_ratio }} >= {{ policy_value('pace_ahead') }} then 'ahead'
        when {{ pace_ratio }} >= {{ policy_value('pace_on_track') }} then 'on_track'
        when {{ pace_ratio }} >= {{ policy_value('pace_slightly_behind') }} then 'slightly_behind'
        else 'behind'
    end
{%- endmacro %}

{# What is said of a target in a period: of an award's quota how much was announced, of a figure of the day whether it
   reaches the threshold, at the end whether it was done, and else how what is done compares with what should be done by
   the cut-off. Who is missing at the cut-off and gave much leaves it open. #}
{% macro target_status(judged) -%}
    case
        when {{ judged }}.period_start_date > {{ judged }}.as_of_date then 'not_due'
        when {{ judged }}.clock_kind = 'selection' and coalesce({{ judged }}.actual, 0) = 0 then 'not_selected'
        when {{ judged }}.clock_kind = 'selection' and {{ judged }}.actual > {{ judged }}.threshold then 'exceeded'
        when {{ judged }}.clock_kind = 'selection' then 'announced'
        when {{ judged }}.lacks_opening_balance then 'balance_not_split'
        when {{ judged }}.actual is null or ({{ judged }}.clock_kind <> 'stock' and {{ judged }}.cut_off_date is null)
            then case when {{ judged }}.cut_off_date is null then 'not_due' else 'no_data' end
        when {{ judged }}.is_over and {{ judged }}.is_met then 'done'
        when {{ judged }}.clock_kind = 'stock' and {{ judged }}.is_met then 'reached'
        when {{ judged }}.clock_kind = 'stock' and not {{ judged }}.is_over then 'not_reached'
        when {{ judged }}.is_over and {{ judged }}.missing_unit_codes is null then 'not_done'
        when not {{ judged }}.is_over and not {{ judged }}.is_paced then 'not_paced'
        when {{ judged }}.missing_unit_codes is not null then 'incomplete'
        when {{ judged }}.expected_share = 0 then 'not_due'
        else {{ pace_status(judged ~ '.pace_ratio') }}
    end
{%- endmacro %}
