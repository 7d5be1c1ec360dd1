{% set facts = {
    'aggregate_summary': 'fct_reported_total',
    'attendance': 'fct_attendance',
    'budget': 'fct_budget',
    'certificate': 'fct_certificate',
    'competition': 'fct_competition',
    'course': 'fct_course',
    'demand_forecast': 'fct_demand',
    'education_fund': 'fct_education_fund',
    'enforcement_case': 'fct_enforcement_case',
    'enterprise_coverage': 'fct_enterprise_coverage',
    'enterprise_register': 'fct_enterprise_register',
    'institution_directory': 'dim_institution',
    'labour_cost': 'fct_labour_cost',
    'outcome_followup': 'fct_outcome_followup',
    'publicity': 'fct_publicity',
    'subsidy_payment': 'fct_subsidy_payment',
    'subsidy_standard': 'fct_subsidy_standard',
    'support_service': 'fct_support_service',
    'talent_award': 'fct_award',
    'task_allocation': 'fct_task_allocation',
    'training_class': 'dim_class',
    'training_record': 'fct_participation',
    'wage_guidance': 'fct_wage_guidance',
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

counts as (
    select
        dataset,
        cast(sum(staged_rows) as bigint) as staged_rows,
        cast(sum(natural_keys) as bigint) as natural_keys
    from {{ ref('int_row_count') }}
    group by dataset
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

-- No two rows of a table have one key, which its own test says.
published as (
    {% for dataset, fact in facts.items() %}
        select
            '{{ dataset }}' as dataset,
            '{{ fact }}' as fact,
            count(*) as fact_rows
        from {{ ref(fact) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    published.dataset,
    published.fact,
    coalesce(accepted.accepted_rows, 0) as accepted_rows,
    coalesce(accepted.held_back_rows, 0) as held_back_rows,
    coalesce(counts.staged_rows - counts.natural_keys, 0) as superseded_rows,
    coalesce(counts.natural_keys - institution_keys.institution_key_count, 0) as enterprise_rows,
    coalesce(coalesce(institution_keys.institution_key_count, counts.natural_keys) - things.thing_count, 0)
        as merged_rows,
    published.fact_rows
from published
left join counts on published.dataset = counts.dataset
left join accepted on published.dataset = accepted.dataset
left join things on published.dataset = things.dataset
left join institution_keys on published.dataset = institution_keys.dataset
