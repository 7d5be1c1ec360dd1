with participations as (
    select * from {{ ref('int_participation') }}
),

outcomes as (
    select * from {{ ref('int_followup_outcome') }}
),

certificates as (
    select * from {{ ref('int_certificate') }}
    where is_counted
),

-- Enrolled: whoever was on the list of a class that began in the year; trained: what counts, by the date of its event.
events as (
    select
        start_date as event_date,
        occupation_code,
        skill_level_code,
        industry_cluster_code,
        person_key,
        1 as enrolled,
        0 as trained,
        0 as certificates,
        cast(null as boolean) as is_employed
    from participations
    where start_date is not null and coalesce(not_counted_reason, '') <> 'duplicate'
    union all
    select
        participations.event_date,
        participations.occupation_code,
        participations.skill_level_code,
        participations.industry_cluster_code,
        participations.person_key,
        0,
        1,
        0,
        coalesce(outcomes.is_employed_12, outcomes.is_employed_6, outcomes.is_employed_3)
    from participations
    left join outcomes
        on participations.class_id = outcomes.class_id and participations.person_key = outcomes.person_key
    where participations.is_counted
    union all
    select issue_date, occupation_code, skill_level_code, null, person_key, 0, 0, 1, null
    from certificates
),

-- What no code is given for stands under none; a null of the summed rows is a column that they are not told apart by.
coded as (
    select
        cast(extract(year from event_date) as integer) as calendar_year,
        coalesce(occupation_code, 'none') as occupation_code,
        coalesce(skill_level_code, 'none') as skill_level_code,
        coalesce(industry_cluster_code, 'none') as industry_cluster_code,
        person_key,
        enrolled,
        trained,
        certificates,
        is_employed
    from events
),

summed as (
    select
        calendar_year,
        occupation_code,
        skill_level_code,
        industry_cluster_code,
        sum(enrolled) as enrolled,
        sum(trained) as trained,
        count(distinct case when trained = 1 then person_key end) as trained_persons,
        sum(certificates) as certificates,
        count(is_employed) as followed,
        count(case when is_employed then 1 end) as employed
    from coded
    group by
        grouping sets (
            (calendar_year, occupation_code, skill_level_code),
            (calendar_year, occupation_code),
            (calendar_year, occupation_code, industry_cluster_code),
            (calendar_year, industry_cluster_code),
            (calendar_year)
        )
)

select
    calendar_year,
    case
        when occupation_code is not null and industry_cluster_code is not null then 'occupation_of_cluster'
        when occupation_code is not null then 'occupation'
        when industry_cluster_code is not null then 'cluster'
        else 'city'
    end as breakdown,
    coalesce(occupation_code, industry_cluster_code, 'SZ') as code,
    case when occupation_code is not null then industry_cluster_code end as industry_cluster_code,
    coalesce(skill_level_code, 'all') as skill_level_code,
    enrolled,
    trained,
    trained_persons,
    case when industry_cluster_code is null then certificates end as certificates,
    followed,
    employed
from summed
where industry_cluster_code is null or enrolled + trained > 0
