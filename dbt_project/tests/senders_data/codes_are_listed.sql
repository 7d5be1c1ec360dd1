{{ config(meta={'judged_by': []}) }}
-- A code that leads to a dimension is one that the dimension lists: it was when the row was checked, and lists change.
{% set lists = {
    'industry_cluster_code': ref('dim_industry_cluster'),
    'occupation_code': ref('dim_occupation'),
    'special_action_code': ref('dim_special_action'),
    'district_key': ref('dim_district'),
    'department_code': ref('dim_department'),
    'target_id': ref('dim_target'),
} -%}
{# Of each table: its columns, and the dimension's where that bears another name. -#}
{% set columns = {
    'stg_aggregate_summary': {'district_key': ''},
    'stg_certificate': {'occupation_code': ''},
    'stg_competition': {'occupation_code': '', 'industry_cluster_code': ''},
    'stg_demand_forecast': {'occupation_code': '', 'industry_cluster_code': ''},
    'stg_institution_directory': {'district_key': ''},
    'stg_subsidy_payment': {'occupation_code': ''},
    'stg_task_allocation': {'target_id': ''},
    'stg_training_class': {
        'occupation_code': '', 'special_action_code': '', 'venue_district_key': 'district_key',
        'competent_department_code': 'department_code',
    },
    'stg_training_record': {'industry_cluster_code': ''},
    'stg_wage_guidance': {'occupation_code': ''},
} -%}
{% for model, names in columns.items() %}
    {%- set conditions = {} -%}
    {%- for column, named in names.items() -%}
        {%- set key = named or column -%}
        {%- do conditions.update({column: column ~ ' not in (select ' ~ key ~ ' from ' ~ lists[key] ~ ')'}) -%}
    {%- endfor -%}
    {{ failing_rows(ref(model), conditions) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
