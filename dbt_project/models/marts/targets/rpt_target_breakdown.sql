with periods as (
    select * from {{ ref('int_target_period') }}
),

colleges as (
    select * from {{ ref('int_craftsman_college') }}
    where college_tier_code is not null
),

contributions as (
    select * from {{ ref('int_target_contribution') }}
),

names as (
    select
        'department' as breakdown,
        department_code as code,
        short_name as code_name
    from {{ ref('dim_department') }}
    union all
    select 'district', district_key, district_name
    from {{ ref('dim_district') }}
    union all
    select 'part', code, name
    from {{ source('reference', 'codelists') }}
    where list in ('program', 'college_tier')
),

pieces as (
    select
        target_id, reading, event_date, person_key, 'department' as breakdown, department_code as code
    from contributions
    union all
    select target_id, reading, event_date, person_key, 'district', district_key
    from contributions
    union all
    select target_id, reading, event_date, person_key, 'part', part_code
    from contributions
    where part_code is not null
),

counted as (
    select
        periods.target_id,
        periods.reading,
        periods.period,
        pieces.breakdown,
        pieces.code,
        case when periods.is_sensitive then {{ policy_value('smallest_published_total') }} else 0 end
            as smallest_published,
        case
            when periods.is_distinct_person then count(distinct pieces.person_key)
            else count(*)
        end as actual
    from periods
    inner join pieces
        on
            periods.target_id = pieces.target_id
            and periods.reading = pieces.reading
            and pieces.event_date between periods.period_start_date and periods.period_end_date
    group by
        periods.target_id, periods.reading, periods.period, periods.is_distinct_person, periods.is_sensitive,
        pieces.breakdown, pieces.code
),

published as (
    select
        target_id,
        reading,
        period,
        breakdown,
        code,
        case when actual >= smallest_published then actual end as actual
    from counted
    union all
    select
        'S01',
        'main',
        'point',
        'part',
        college_tier_code,
        count(*)
    from colleges
    group by college_tier_code
)

select
    published.target_id,
    published.reading,
    published.period,
    published.breakdown,
    published.code,
    names.code_name,
    published.actual
from published
left join names
    on published.breakdown = names.breakdown and published.code = names.code
