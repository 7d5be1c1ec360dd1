with bridge as (
    select * from {{ ref('bridge_participation_category') }}
),

participations as (
    select * from {{ ref('int_participation') }}
    where is_counted
),

persons as (
    select
        cast(extract(year from participations.event_date) as integer) as calendar_year,
        bridge.category_code,
        participations.person_key,
        count(*) as participations
    from participations
    inner join bridge on participations.participation_key = bridge.participation_key
    group by extract(year from participations.event_date), bridge.category_code, participations.person_key
),

totals as (
    select
        calendar_year,
        category_code,
        cast(sum(participations) as bigint) as participations,
        count(*) as persons
    from persons
    group by calendar_year, category_code
)

select
    calendar_year,
    category_code,
    case when persons >= {{ policy_value('smallest_published_total') }} then participations end as participations,
    case when persons >= {{ policy_value('smallest_published_total') }} then persons end as persons
from totals
