{# The accepted rows of a dataset's submissions that stand, without those that this build holds back; two decisions on
   one submission may stand side by side. #}
{% macro current_rows(dataset) %}
    select
        source_rows.*,
        submission.delivery_order
    from {{ source('accepted', dataset) }} as source_rows
    inner join {{ ref('stg_submission') }} as submission
        on {{ folder_of('source_rows.filename') }} = submission.folder_name
    left join {{ ref('stg_held_back_row') }} as held_back
        on source_rows.submission_id = held_back.submission_id and source_rows.row_index = held_back.row_index
    where submission.standing = 'standing' and held_back.row_index is null
{% endmacro %}
