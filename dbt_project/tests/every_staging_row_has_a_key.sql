-- One test for all: a test of its own for each table costs dbt as much as building one. stg_finding has no key; its
-- mart numbers the findings.
{% set keys = {
    ('submission_id', 'row_index'): [
        'stg_aggregate_summary', 'stg_attendance', 'stg_certificate', 'stg_competition', 'stg_demand_forecast',
        'stg_education_fund', 'stg_enforcement_case', 'stg_enterprise_coverage', 'stg_institution_directory',
        'stg_outcome_followup', 'stg_subsidy_payment', 'stg_support_service', 'stg_talent_award', 'stg_training_class',
        'stg_training_record', 'stg_wage_guidance',
    ],
    ('submission_id',): ['stg_submission'],
    ('delivery_order',): ['stg_delivery'],
    ('dataset', 'unit_code', 'period'): ['stg_expected'],
    ('target_id', 'reading', 'period'): ['stg_final'],
    ('as_of_date',): ['stg_run'],
    ('department_code',): ['stg_department'],
    ('target_id',): ['stg_target'],
    ('target_id', 'reading'): ['stg_target_definition'],
    ('rule_order',): ['stg_target_rule'],
    ('threshold_name', 'since_date'): ['stg_threshold'],
    ('indicator',): ['stg_quality_weight'],
    ('rule_code',): ['stg_risk_rule', 'stg_missing_source'],
} -%}
{% for columns, names in keys.items() %}
    {%- set key_number = loop.index %}
    {%- for name in names %}
        {{ 'union all' if key_number > 1 or not loop.first }}
        select
            '{{ name }}' as model_name,
            count(*) as row_count
        from {{ ref(name) }}
        group by {{ columns | join(', ') }}
        having count(*) > 1 or {{ columns | join(' is null or ') }} is null
    {%- endfor %}
{% endfor %}
