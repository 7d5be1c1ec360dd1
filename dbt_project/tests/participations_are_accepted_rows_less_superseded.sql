with accepted as (
    select count(*) as row_count
    from (
        select distinct
            unit_code,
            class_id,
            person_key
        from {{ ref('stg_training_record') }}
    ) as natural_keys
),

published as (
    select count(*) as row_count from {{ ref('fct_participation') }}
)

select
    accepted.row_count as accepted_count,
    published.row_count as published_count
from accepted
cross join published
where accepted.row_count <> published.row_count
