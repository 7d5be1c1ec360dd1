{# The end of the newest month of which all that tells of training and its outcome is due: until then quality is judged. #}
{% macro quality_cut_off() -%}
    select min(reported_until_date) as cut_off_date, max(reported_due_date) as judged_date
    from {{ ref('int_dataset_due') }}
    where dataset in ('training_record', 'outcome_followup') and cadence = 'monthly'
{%- endmacro %}
