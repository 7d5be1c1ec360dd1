{# The staging tables of what senders sent, separated by blanks. #}
{% macro row_models() -%}
    stg_aggregate_summary
    stg_attendance
    stg_certificate
    stg_competition
    stg_demand_forecast
    stg_education_fund
    stg_enforcement_case
    stg_enterprise_coverage
    stg_institution_directory
    stg_outcome_followup
    stg_subsidy_payment
    stg_support_service
    stg_talent_award
    stg_task_allocation
    stg_training_class
    stg_training_record
    stg_wage_guidance
{%- endmacro %}
