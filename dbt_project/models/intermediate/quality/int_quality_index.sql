{% set known_share = policy_value('quality_known_share') -%}
{# Component → counts of those due, known and what reached it of how many. -#}
{% set components = {
    'completion': ('participations', 'participations', 'completed', 'participations'),
    'pass': ('participations', 'exam_known', 'passed', 'examined'),
    'certificate': ('completed', 'certificate_known', 'certified', 'certificate_known'),
    'employment': ('employment_due', 'employment_known', 'employed', 'employment_known'),
    'practice': ('practice_due', 'practice_known', 'started', 'practice_known'),
    'stability': ('stability_due', 'stability_known', 'operating', 'stability_known'),
} -%}
-- The rates of each kind of training and the index that they make, where each of them is known of enough persons.
with counts as (
    select * from {{ ref('int_quality_count') }}
),

weights as (
    select
        {% for component in components %}
            max(case when components.component = '{{ component }}' then components.weight end)
                as {{ component }}_weight,
        {% endfor %}
        components.quality_kind
    from {{ ref('stg_quality_component') }} as components
    inner join {{ ref('stg_run') }} as runs
        on runs.as_of_date between components.since_date and components.until_date
    group by components.quality_kind
),

rates as (
    select
        counts.*,
        weights.quality_kind is null as is_without_index,
        {% for component, (due, known, part, whole) in components.items() %}
            weights.{{ component }}_weight,
            {{ published_share('counts.' ~ part, 'counts.' ~ whole) }} as {{ component }}_rate,
            counts.{{ known }} > 0
            and counts.{{ known }} >= {{ known_share }} * counts.{{ due }} as is_{{ component }}_known,
        {% endfor %}
        {{ published_share('counts.level_raised', 'counts.certified_again') }} as level_raised_rate
    from counts
    left join weights on counts.quality_kind = weights.quality_kind
),

weighed as (
    select
        *,
        case
            when is_without_index then 'no_index'
            when persons < {{ policy_value('quality_persons_min') }} then 'too_few_persons'
            when
            {% for component in components %}
                    (
                        {{ component }}_weight is not null
                        and (not is_{{ component }}_known or {{ component }}_rate is null)
                    )
                    {{ 'or' if not loop.last }}
            {% endfor %}
                then 'not_known'
            else 'rated'
        end as evaluation,
        {% for component in components %}
            coalesce({{ component }}_weight * {{ component }}_rate, 0) {{ '+' if not loop.last }}
        {% endfor %}
            as weighed_sum
    from rates
)

select
    weighed.*,
    case
        when weighed.evaluation = 'rated' then {{ floor_ratio('weighed.weighed_sum * 10000', '10000', 1, 4) }}
    end as quality_index
from weighed
