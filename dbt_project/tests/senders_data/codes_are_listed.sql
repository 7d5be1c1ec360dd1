{{ config(meta={'judged_by': []}) }}
-- A code that leads to a dimension is one that the dimension lists: it was when the row was checked, and lists change.
{% set codes = ref('dim_code') -%}
{% set lists = {
    'industry_cluster_code': ref('dim_industry_cluster'),
    'occupation_code': ref('dim_occupation'),
    'special_action_code': ref('dim_special_action'),
    'district_key': ref('dim_district'),
    'department_code': ref('dim_department'),
    'target_id': ref('dim_target'),
} -%}
{# Of each table: its columns, with the dimension's column where that bears another name, or the list of dim_code. -#}
{% set columns = {
    'stg_aggregate_summary': {'district_key': '', 'metric_id': 'metric', 'measure_code': 'unit'},
    'stg_attendance': {'check_method_code': 'check_method'},
    'stg_budget': {
        'budget_department_code': 'department_code', 'funding_source_code': 'funding_source',
        'budget_use_code': 'budget_use',
    },
    'stg_certificate': {
        'occupation_code': '', 'sex_code': 'sex', 'certificate_type_code': 'cert_type',
        'skill_level_code': 'skill_level', 'assess_mode_code': 'assess_mode',
        'recognition_ground_code': 'recognition_ground', 'status_code': 'cert_status',
    },
    'stg_competition': {
        'occupation_code': '', 'industry_cluster_code': '', 'competition_level_code': 'comp_level',
        'status_code': 'comp_status', 'series_code': 'comp_series',
    },
    'stg_course': {
        'occupation_code': '', 'special_action_code': '', 'course_kind_code': 'course_kind',
        'status_code': 'course_status',
    },
    'stg_demand_forecast': {
        'occupation_code': '', 'industry_cluster_code': '', 'industry_code': 'gbt4754_2017',
        'skill_level_code': 'skill_level',
    },
    'stg_enforcement_case': {
        'source_code': 'case_source', 'subject_type_code': 'payee_type', 'violation_code': 'violation',
        'disposal_code': 'disposal',
    },
    'stg_enterprise_coverage': {
        'coverage_kind_code': 'coverage_kind', 'industry_code': 'gbt4754_2017',
        'hazard_type_code': 'hazard_industry',
    },
    'stg_enterprise_register': {
        'district_key': '', 'register_kind_code': 'register_kind', 'hazard_type_code': 'hazard_industry',
        'industry_code': 'gbt4754_2017',
    },
    'stg_institution_directory': {
        'district_key': '', 'entity_type_code': 'institution_type', 'rating_code': 'rating',
        'status_code': 'institution_status', 'carrier_level_code': 'carrier_level',
        'college_tier_code': 'college_tier',
    },
    'stg_labour_cost': {'industry_code': 'gbt4754_2017'},
    'stg_outcome_followup': {'source_code': 'followup_source'},
    'stg_publicity': {'publicity_kind_code': 'publicity_kind'},
    'stg_subsidy_payment': {
        'occupation_code': '', 'subsidy_type_code': 'subsidy_type', 'funding_source_code': 'funding_source',
        'payee_type_code': 'payee_type', 'skill_level_code': 'skill_level', 'status_code': 'payment_status',
    },
    'stg_subsidy_standard': {
        'occupation_code': '', 'subsidy_type_code': 'subsidy_type', 'skill_level_code': 'skill_level',
        'person_category_code': 'person_category',
    },
    'stg_support_service': {'sex_code': 'sex', 'service_type_code': 'service_type', 'education_code': 'education'},
    'stg_talent_award': {
        'sex_code': 'sex', 'award_code': 'award', 'skill_level_code': 'skill_level',
        'status_code': 'award_status',
    },
    'stg_task_allocation': {'target_id': '', 'task_split': 'task_split', 'task_window': 'task_window'},
    'stg_training_class': {
        'occupation_code': '', 'special_action_code': '', 'venue_district_key': 'district_key',
        'competent_department_code': 'department_code', 'training_type_code': 'training_type',
        'skill_level_code': 'skill_level', 'training_mode_code': 'training_mode',
        'class_mode_code': 'class_mode', 'funding_source_code': 'funding_source',
    },
    'stg_training_record': {
        'industry_cluster_code': '', 'sex_code': 'sex', 'education_code': 'education',
        'hukou_type_code': 'hukou_type', 'employer_industry_code': 'gbt4754_2017',
    },
    'stg_wage_guidance': {
        'occupation_code': '', 'industry_code': 'gbt4754_2017', 'skill_level_code': 'skill_level',
    },
} -%}
{% for model, names in columns.items() %}
    {%- set conditions = {} -%}
    {%- for column, named in names.items() -%}
        {%- set key = named or column -%}
        {%- if key in lists -%}
            {%- set listed = 'select ' ~ key ~ ' from ' ~ lists[key] -%}
        {%- else -%}
            {%- set listed = 'select code from ' ~ codes ~ " where code_list = '" ~ key ~ "'" -%}
        {%- endif -%}
        {%- do conditions.update({column: column ~ ' not in (' ~ listed ~ ')'}) -%}
    {%- endfor -%}
    {{ failing_rows(ref(model), conditions) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
