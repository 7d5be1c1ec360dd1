{# The accepted rows of a dataset's submissions that stand; two decisions on one submission may stand side by side. #}
{% macro current_rows(dataset) %}
    select
        source_rows.*,
        submission.delivery_order
    from {{ source('accepted', dataset) }} as source_rows
    inner join {{ ref('stg_submission') }} as submission
        on {{ folder_of('source_rows.filename') }} = submission.folder_name
    where submission.standing = 'standing'
{% endmacro %}
