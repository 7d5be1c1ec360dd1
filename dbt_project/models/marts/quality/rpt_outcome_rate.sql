{% set founding = "is_of_founders_program" -%}
{# Rate → the months of its checks, and the columns and conditions of who is due, known and reached it. -#}
{% set rates = {
    'employment': [3, 6, 12],
    'practice': [3, 6, 12, 24],
    'success': [3, 6, 12, 24],
    'stability': [12, 24],
} -%}
with outcomes as (
    select
        *,
        cast(extract(year from ended_date) as integer) as completion_year
    from {{ ref('int_training_outcome') }}
    where is_work_asked or {{ founding }}
),

-- Who owes the looks; of the others there are no data, and nobody is late.
owing as (
    select distinct department_code
    from {{ ref('stg_expected') }}
    where dataset = 'outcome_followup'
),

subjects as (
    select
        'department' as subject_kind,
        department_code as subject_key,
        *
    from outcomes
    union all
    select
        'city',
        'SZ',
        *
    from outcomes
),

counts as (
    {% for rate, months in rates.items() %}
        {% set asked = 'is_work_asked' if rate == 'employment' else founding %}
        {% for month in months %}
            select
                subject_kind,
                subject_key,
                completion_year,
                '{{ rate }}' as rate,
                {{ month }} as check_month,
                {% if rate == 'employment' %}
                    count(case when is_due_{{ month }} then 1 end) as due,
                    count(case when is_due_{{ month }} and is_employed_{{ month }} is not null then 1 end) as known,
                    count(case when is_due_{{ month }} and is_employed_{{ month }} then 1 end) as reached
                {% else %}
                    {{ founders_count(rate, month, 'due', founding) }} as due,
                    {{ founders_count(rate, month, 'known', founding) }} as known,
                    {{ founders_count(rate, month, 'reached', founding) }} as reached
                {% endif %}
            from subjects
            where {{ asked }}
            group by subject_kind, subject_key, completion_year
            {{ 'union all' if not loop.last }}
        {% endfor %}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

judged as (
    select
        counts.*,
        case
            when counts.subject_kind = 'department' and owing.department_code is null then 'no_data'
            when counts.due = 0 then 'not_due'
            when counts.known = 0 then 'no_data'
            when counts.due < {{ policy_value('smallest_published_total') }} then 'too_few'
            when counts.known < {{ policy_value('smallest_published_total') }} then 'too_few_known'
            when
                counts.rate <> 'employment'
                and counts.known < {{ policy_value('founders_followed_share') }} * counts.due
                then 'too_few_known'
            else 'rated'
        end as evaluation
    from counts
    left join owing on counts.subject_key = owing.department_code
)

select
    subject_kind,
    subject_key,
    completion_year,
    rate,
    check_month,
    evaluation,
    case when due >= {{ policy_value('smallest_published_total') }} then due end as due_count,
    case when due >= {{ policy_value('smallest_published_total') }} then known end as known_count,
    case when due >= {{ policy_value('smallest_published_total') }} then reached end as reached_count,
    {{ published_share('known', 'due') }} as known_share,
    case when evaluation = 'rated' then {{ floor_share('reached', 'known') }} end as rate_share,
    case when evaluation = 'rated' then {{ floor_share('reached', 'due') }} end as lowest_share
from judged
