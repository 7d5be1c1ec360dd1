{% set facts = {
    'aggregate_summary': ['fct_reported_total', 'reported_total_key'],
    'attendance': ['fct_attendance', 'attendance_key'],
    'budget': ['fct_budget', 'budget_key'],
    'certificate': ['fct_certificate', 'certificate_row_key'],
    'competition': ['fct_competition', 'competition_key'],
    'course': ['fct_course', 'course_key'],
    'demand_forecast': ['fct_demand', 'demand_key'],
    'education_fund': ['fct_education_fund', 'education_fund_key'],
    'enforcement_case': ['fct_enforcement_case', 'case_key'],
    'enterprise_coverage': ['fct_enterprise_coverage', 'coverage_key'],
    'enterprise_register': ['fct_enterprise_register', 'register_key'],
    'institution_directory': ['dim_institution', 'institution_key'],
    'labour_cost': ['fct_labour_cost', 'labour_cost_key'],
    'outcome_followup': ['fct_outcome_followup', 'followup_key'],
    'publicity': ['fct_publicity', 'publicity_key'],
    'subsidy_payment': ['fct_subsidy_payment', 'payment_key'],
    'subsidy_standard': ['fct_subsidy_standard', 'subsidy_standard_key'],
    'support_service': ['fct_support_service', 'service_key'],
    'talent_award': ['fct_award', 'award_key'],
    'task_allocation': ['fct_task_allocation', 'task_allocation_key'],
    'training_class': ['dim_class', 'class_key'],
    'training_record': ['fct_participation', 'participation_key'],
    'wage_guidance': ['fct_wage_guidance', 'wage_guidance_key'],
} -%}
{# What several units may list and is one row: what makes it one. -#}
{% set merged = {
    'institution_directory': 'coalesce(institution_uscc, carrier_id)',
    'training_class': 'class_id',
} -%}
with submissions as (
    select * from {{ ref('fct_submission') }}
),

accepted as (
    select
        dataset,
        cast(sum(accepted_rows) as bigint) as accepted_rows,
        cast(sum(held_back_row_count) as bigint) as held_back_rows
    from submissions
    where standing = 'standing'
    group by dataset
),

staged as (
    {% for dataset in facts %}
        select
            '{{ dataset }}' as dataset,
            count(*) as staged_rows
        from {{ ref('stg_' ~ dataset) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

natural_keys as (
    {% for dataset in facts %}
        select
            '{{ dataset }}' as dataset,
            count(*) as natural_key_count
        from (select distinct {{ natural_key(dataset) }} from {{ ref('stg_' ~ dataset) }}) as distinct_keys
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- The other rows of the dataset are enterprises, which are no institutions.
institution_keys as (
    select
        'institution_directory' as dataset,
        count(*) as institution_key_count
    from (
        select distinct {{ natural_key('institution_directory') }} from {{ ref('stg_institution_directory') }}
        where not {{ is_enterprise() }}
    ) as distinct_keys
),

things as (
    {% for dataset, thing in merged.items() %}
        select
            '{{ dataset }}' as dataset,
            count(distinct {{ thing }}) as thing_count
        from {{ ref('stg_' ~ dataset) }}
        {{ 'where not ' ~ is_enterprise() if dataset == 'institution_directory' }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

published as (
    {% for dataset, (fact, key) in facts.items() %}
        select
            '{{ dataset }}' as dataset,
            '{{ fact }}' as fact,
            count(distinct {{ key }}) as fact_rows
        from {{ ref(fact) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    published.dataset,
    published.fact,
    coalesce(accepted.accepted_rows, 0) as accepted_rows,
    coalesce(accepted.held_back_rows, 0) as held_back_rows,
    staged.staged_rows - natural_keys.natural_key_count as superseded_rows,
    coalesce(natural_keys.natural_key_count - institution_keys.institution_key_count, 0) as enterprise_rows,
    coalesce(coalesce(institution_keys.institution_key_count, natural_keys.natural_key_count) - things.thing_count, 0)
        as merged_rows,
    published.fact_rows
from published
inner join staged on published.dataset = staged.dataset
inner join natural_keys on published.dataset = natural_keys.dataset
left join accepted on published.dataset = accepted.dataset
left join things on published.dataset = things.dataset
left join institution_keys on published.dataset = institution_keys.dataset
