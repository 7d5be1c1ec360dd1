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

-- All that is counted, and the persons of the periods that count each of them once.
numbers as (
    select
        periods.target_id,
        periods.reading,
        periods.period,
        months.department_code,
        months.district_key,
        months.part_code,
        months.counted,
        cast(null as string) as person_key
    from periods
    inner join {{ ref('int_target_count') }} as months
        on
            periods.target_id = months.target_id
            and periods.reading = months.reading
            and months.month_date between periods.period_start_date and periods.period_end_date
    where not periods.is_distinct_person
    union all
    select
        periods.target_id, periods.reading, periods.period, contributions.department_code, contributions.district_key,
        contributions.part_code, null, contributions.person_key
    from periods
    inner join contributions
        on
            periods.target_id = contributions.target_id
            and periods.reading = contributions.reading
            and contributions.event_date between periods.period_start_date and periods.period_end_date
    where periods.is_distinct_person
),

pieces as (
    select
        target_id, reading, period, counted, person_key, 'department' as breakdown, department_code as code
    from numbers
    union all
    select target_id, reading, period, counted, person_key, 'district', district_key
    from numbers
    union all
    select target_id, reading, period, counted, person_key, 'part', part_code
    from numbers
    where part_code is not null
),

counted as (
    select
        pieces.target_id,
        pieces.reading,
        pieces.period,
        pieces.breakdown,
        pieces.code,
        case when periods.is_sensitive then {{ policy_value('smallest_published_total') }} else 0 end
            as smallest_published,
        coalesce(cast(sum(pieces.counted) as bigint), count(distinct pieces.person_key)) as actual
    from pieces
    inner join periods on {{ same_target_period('pieces', 'periods') }}
    group by
        pieces.target_id, pieces.reading, pieces.period, periods.is_sensitive, pieces.breakdown, pieces.code
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
