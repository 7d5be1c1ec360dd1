{% set datasets = [
    'aggregate_summary',
    'attendance',
    'budget',
    'certificate',
    'competition',
    'course',
    'demand_forecast',
    'education_fund',
    'enforcement_case',
    'enterprise_coverage',
    'enterprise_register',
    'institution_directory',
    'labour_cost',
    'outcome_followup',
    'publicity',
    'subsidy_payment',
    'subsidy_standard',
    'support_service',
    'talent_award',
    'task_allocation',
    'training_class',
    'training_record',
    'wage_guidance',
] -%}
-- How many accepted rows each unit has of a dataset, and of how many natural keys, of which the newest period counts.
{% for dataset in datasets %}
    select
        '{{ dataset }}' as dataset,
        unit_code,
        cast(sum(key_rows) as bigint) as staged_rows,
        count(*) as natural_keys
    from (
        select
            unit_code,
            count(*) as key_rows
        from {{ ref('stg_' ~ dataset) }}
        group by {{ natural_key(dataset) }}
    ) as of_key
    group by unit_code
    {{ 'union all' if not loop.last }}
{% endfor %}
