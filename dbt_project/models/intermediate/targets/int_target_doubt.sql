-- Which rows of a figure somebody still has to look at: few, so that what they count to is asked of these alone.
with target_periods as (
    select * from {{ ref('int_target_period') }}
),

contributions as (
    select * from {{ ref('int_target_contribution') }}
),

-- What two units report is disputed; of such a group one row counts and gives it its name.
disputed as (
    {% for fact in ['participation', 'certificate', 'support_service'] %}
        select duplicate_group_key as fact_key
        from {{ ref('int_' ~ fact) }}
        where duplicate_group_key is not null
        group by duplicate_group_key
        having min(unit_code) <> max(unit_code)
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

doubts as (
    select
        fact_key,
        true as is_warned
    from {{ ref('int_open_warning') }}
    union all
    select
        fact_key,
        false as is_warned
    from disputed
)

select
    target_periods.target_id,
    target_periods.reading,
    target_periods.period,
    count(case when doubts.is_warned then 1 end) as warned_rows,
    count(case when not doubts.is_warned then 1 end) as disputed_rows
from doubts
inner join contributions on doubts.fact_key = contributions.fact_key
inner join target_periods
    on
        contributions.target_id = target_periods.target_id
        and contributions.reading = target_periods.reading
        and contributions.event_date between target_periods.period_start_date and target_periods.period_end_date
group by target_periods.target_id, target_periods.reading, target_periods.period
