-- One test for all: a test of its own for each table costs dbt as much as building one. stg_finding has no key; its
-- mart numbers the findings; what senders sent is told apart in senders_data/rows_have_a_place.
{% set keys = {
    ('submission_id',): ['stg_submission'],
    ('delivery_order',): ['stg_delivery'],
    ('dataset', 'unit_code', 'period'): ['stg_expected'],
    ('target_id', 'reading', 'period'): ['stg_final'],
    ('signal_id',): ['stg_signal'],
    ('month_date', 'target_id', 'reading', 'period', 'department_code', 'task_split', 'task_unit_code'): [
        'stg_closed_month'
    ],
    ('unit_code', 'dataset'): ['stg_back_file_completion'],
    ('unit_code', 'target_id'): ['stg_balance_recognition'],
    ('as_of_date',): ['stg_run'],
    ('source_name', 'department_code', 'dataset', 'looked_at'): ['stg_pull'],
    ('department_code',): ['stg_department'],
    ('alias_name',): ['stg_department_alias'],
    ('target_id',): ['stg_target'],
    ('target_id', 'reading'): ['stg_target_definition'],
    ('rule_order',): ['stg_target_rule'],
    ('target_id', 'period', 'month_end_date', 'from_date'): ['stg_target_curve'],
    ('threshold_name', 'since_date'): ['stg_threshold'],
    ('quality_kind', 'component', 'since_date'): ['stg_quality_component'],
    ('code_list', 'code'): ['stg_quality_kind'],
    ('occupation_code_prefix', 'since_date'): ['stg_occupation_lead'],
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
