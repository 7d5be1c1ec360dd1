{# The staging tables of what senders sent, separated by blanks. #}
{% macro row_models() -%}
    stg_aggregate_summary
    stg_attendance
    stg_budget
    stg_certificate
    stg_competition
    stg_course
    stg_demand_forecast
    stg_education_fund
    stg_enforcement_case
    stg_enterprise_coverage
    stg_enterprise_register
    stg_institution_directory
    stg_labour_cost
    stg_outcome_followup
    stg_publicity
    stg_subsidy_payment
    stg_subsidy_standard
    stg_support_service
    stg_talent_award
    stg_task_allocation
    stg_training_class
    stg_training_record
    stg_wage_guidance
{%- endmacro %}
