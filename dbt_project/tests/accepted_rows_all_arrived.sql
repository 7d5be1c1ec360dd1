-- What the register says was accepted is what staging holds, dataset by dataset.
with registered as (
    select
        dataset,
        sum(accepted_rows) as row_count
    from {{ ref('fct_submission') }}
    where is_current
    group by dataset
),

staged as (
    {% for dataset in ['aggregate_summary', 'attendance', 'certificate', 'competition', 'demand_forecast',
        'education_fund', 'enforcement_case', 'enterprise_coverage', 'institution_directory', 'outcome_followup',
        'subsidy_payment', 'support_service', 'talent_award', 'training_class', 'training_record', 'wage_guidance'] %}
        select
            '{{ dataset }}' as dataset,
            count(*) as row_count
        from {{ ref('stg_' ~ dataset) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    registered.dataset,
    registered.row_count as registered_count,
    staged.row_count as staged_count
from registered
inner join staged on registered.dataset = staged.dataset
where registered.row_count <> staged.row_count
