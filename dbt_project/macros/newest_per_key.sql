{# What makes a row of a dataset the same row in another period: the contract's key in the names of staging. #}
{% macro natural_key(dataset) -%}
    {%- set keys = {
        'aggregate_summary': 'metric_id, period, district_key, dimension',
        'attendance': 'class_id, person_key, session_date, session_start_time',
        'budget': 'budget_year, budget_department_code, funding_source_code, budget_use_code',
        'certificate': 'certificate_type_code, certificate_key',
        'competition': 'competition_id',
        'course': 'course_id',
        'demand_forecast': 'report_year, filling_department_code, occupation_name, skill_level_code',
        'education_fund': 'enterprise_key, fund_year',
        'enforcement_case': 'case_id',
        'enterprise_coverage': 'enterprise_key, coverage_kind_code, hazard_type_code, report_date',
        'enterprise_register': 'enterprise_key, register_kind_code, register_date',
        'institution_directory': 'entity_type_code, coalesce(institution_uscc, carrier_id)',
        'labour_cost': 'report_year, industry_code',
        'outcome_followup': 'class_id, person_key, check_month',
        'publicity': 'activity_id',
        'subsidy_payment': 'payment_id',
        'subsidy_standard': 'subsidy_type_code, occupation_code, skill_level_code, person_category_code, from_date',
        'support_service': 'service_type_code, person_key, service_date',
        'talent_award': 'award_code, award_year, person_key',
        'task_allocation': 'target_id, task_split, task_unit_code, task_window, task_version',
        'training_class': 'class_id',
        'training_record': 'class_id, person_key',
        'wage_guidance': 'report_year, industry_code, occupation_code, skill_level_code',
    } -%}
    unit_code, {{ keys[dataset] }}
{%- endmacro %}

{# One row per natural key of each unit: the newest period wins, then the newest delivery (decision 4). #}
{% macro newest_per_key(relation, dataset) %}
    select *
    from (
        select
            *,
            row_number() over (
                partition by {{ natural_key(dataset) }}
                order by
                    period_end_date desc, period_start_date desc, delivery_order desc, submission_id desc, row_index desc
            ) as natural_key_rank
        from {{ relation }}
    ) as ranked
    where natural_key_rank = 1
{% endmacro %}
