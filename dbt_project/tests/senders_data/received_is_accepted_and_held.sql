{{ config(meta={'judged_by': ['submission_id']}) }}
-- Every received row of what stands was accepted, held or withdrawn, and each accepted one is there unless it is held
-- back.
with staged as (
    {% for model in row_models().split() %}
        select
            submission_id,
            count(*) as staged_rows
        from {{ ref(model) }}
        group by submission_id
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    submissions.submission_id,
    cast(null as bigint) as row_index,
    cast(null as bigint) as row_number,
    case
        when submissions.received_rows <> submissions.accepted_rows + submissions.held_rows + submissions.withdrawn_rows
            then 'received_rows'
        else 'accepted_rows'
    end as field
from {{ ref('stg_submission') }} as submissions
left join staged on submissions.submission_id = staged.submission_id
where
    submissions.standing = 'standing'
    and (
        submissions.received_rows <> submissions.accepted_rows + submissions.held_rows + submissions.withdrawn_rows
        or submissions.accepted_rows <> coalesce(staged.staged_rows, 0) + submissions.held_back_row_count
    )
