{% set facts = {
    'int_participation': ('participation_key', 'person_key', 'event_date', 'is_counted'),
    'int_certificate': ('certificate_row_key', 'person_key', 'issue_date', 'is_counted'),
    'int_support_service': ('service_key', 'person_key', 'service_date', 'is_counted'),
    'int_award': ('award_key', 'person_key', year_start('award_year'), 'is_counted'),
    'int_subsidy_payment': ('payment_key', 'beneficiary_key', 'payment_date', 'is_counted'),
    'int_outcome_followup': ('followup_key', 'person_key', 'check_date', 'true'),
    'int_attendance': ('attendance_key', 'person_key', 'session_date', 'is_valid'),
} -%}
-- Of each person's rows in a fact that count, the first of each year: persons without a published key add up by it.
with events as (
    {% for model, (key, person, day, condition) in facts.items() %}
        select
            '{{ model }}' as fact,
            {{ key }} as fact_key,
            {{ person }} as person_key,
            {{ day }} as event_date
        from {{ ref(model) }}
        where {{ condition }} and {{ person }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

yearly as (
    select
        *,
        row_number() over (
            partition by fact, person_key, extract(year from event_date)
            order by event_date nulls last, fact_key
        ) as row_of_year
    from events
),

firsts as (
    select
        *,
        row_number() over (
            partition by fact, person_key
            order by event_date nulls last, fact_key
        ) as year_number
    from yearly
    where row_of_year = 1
)

select
    fact_key,
    person_key,
    case when year_number = 1 then 1 else 0 end as persons,
    1 as persons_of_year
from firsts
