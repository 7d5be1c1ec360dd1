{% set checks = [3, 6, 12, 24] -%}
-- What the looks after a class told of a person by each month of a check; only looks of the time that is judged.
with dues as (
    {{ quality_cut_off() }}
),

looks as (
    select
        followups.person_key,
        followups.class_id,
        followups.check_month,
        followups.is_employed,
        followups.has_started_business,
        followups.is_still_operating
    from {{ ref('int_outcome_followup') }} as followups
    inner join dues on followups.check_date <= dues.cut_off_date
    where followups.is_counted
),

told as (
    select
        {% for month in checks %}
            bool_or(case when check_month = {{ month }} then is_employed end) as is_employed_{{ month }},
            bool_or(check_month <= {{ month }} and coalesce(has_started_business, false)) as has_started_{{ month }},
            bool_or(case when check_month = {{ month }} then has_started_business end) as is_starter_{{ month }},
            bool_or(case when check_month = {{ month }} then is_still_operating end) as is_operating_{{ month }},
        {% endfor %}
        person_key,
        class_id
    from looks
    group by person_key, class_id
)

-- Of who started it must be told whether the business still operates; of others that they have not started.
select
    {% for month in checks %}
        is_employed_{{ month }},
        has_started_{{ month }},
        is_starter_{{ month }} is not null
        and (not has_started_{{ month }} or is_operating_{{ month }} is not null) as is_business_known_{{ month }},
        is_operating_{{ month }},
    {% endfor %}
    person_key,
    class_id
from told
