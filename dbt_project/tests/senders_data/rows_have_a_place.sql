{{ config(meta={'judged_by': ['submission_id']}) }}
-- No row of a submission comes twice or without its place: what was decided of it cannot be told apart as a whole.
{% for model in row_models().split() %}
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
