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

-- A day's text is ten characters long, so that the least of day and key is the first row without sorting any.
yearly as (
    select
        fact,
        person_key,
        min(coalesce(cast(event_date as string), '9999-12-31') || fact_key) as first_row
    from events
    group by fact, person_key, extract(year from event_date)
),

firsts as (
    select
        fact,
        person_key,
        min(first_row) as first_row
    from yearly
    group by fact, person_key
)

select
    substr(yearly.first_row, 11) as fact_key,
    yearly.person_key,
    case when yearly.first_row = firsts.first_row then 1 else 0 end as persons,
    1 as persons_of_year
from yearly
inner join firsts
    on yearly.fact = firsts.fact and yearly.person_key = firsts.person_key
