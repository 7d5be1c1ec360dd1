-- No row of a submission comes twice or without its place: what was decided of it cannot be told apart as a whole.
{% set models = [
    'stg_aggregate_summary', 'stg_attendance', 'stg_certificate', 'stg_competition', 'stg_demand_forecast',
    'stg_education_fund', 'stg_enforcement_case', 'stg_enterprise_coverage', 'stg_institution_directory',
    'stg_outcome_followup', 'stg_subsidy_payment', 'stg_support_service', 'stg_talent_award', 'stg_training_class',
    'stg_training_record', 'stg_wage_guidance',
] -%}
{% for model in models %}
    select distinct
        submission_id,
        cast(null as bigint) as row_index,
        cast(null as bigint) as row_number,
        'row_index' as field
    from (
        select submission_id
        from {{ ref(model) }}
        group by submission_id, row_index
        having count(*) > 1 or row_index is null
    ) as places
    {{ 'union all' if not loop.last }}
{% endfor %}
