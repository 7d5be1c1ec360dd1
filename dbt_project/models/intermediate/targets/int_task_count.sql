-- What each department and each reporting district did of a target by its cut-off, what was held in each district, and
-- which reports that were due are not in.
with periods as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        target_periods.source_text,
        target_periods.has_reported_totals,
        target_periods.is_distinct_person,
        target_periods.period_start_date,
        clocks.cut_off_date,
        clocks.as_of_date
    from {{ ref('int_target_period') }} as target_periods
    inner join {{ ref('int_target_clock') }} as clocks
        on {{ same_target_period('target_periods', 'clocks') }}
    where target_periods.is_monthly and target_periods.reading = 'main' and clocks.cut_off_date is not null
),

contributions as (
    {{ counted_until('cut_off_date', 'periods', ['department_code', 'district_key', 'venue_district_key']) }}
),

-- What remains of balances, and the totals of units that send no rows.
components as (
    select
        periods.target_id,
        periods.period,
        components.department_code,
        {{ district_of('components.unit_code') }} as district_key,
        coalesce(components.opening_balance, 0) + coalesce(components.totals_only, 0) as amount
    from periods
    inner join {{ ref('int_target_component') }} as components
        on
            periods.target_id = components.target_id
            and periods.period = components.period
            and components.reading = 'main'
            and periods.cut_off_date >= components.period_end_date
),

missing as (
    select
        periods.target_id,
        periods.period,
        expected.department_code,
        {{ district_of('expected.unit_code') }} as district_key
    from periods
    inner join {{ ref('stg_expected') }} as expected
        on
            periods.as_of_date > expected.due_date
            and expected.period_end_date between periods.period_start_date and periods.cut_off_date
            and {{ feeds_target('expected', 'periods') }}
    left join {{ ref('stg_submission') }} as submissions
        on
            expected.unit_code = submissions.unit_code
            and expected.dataset = submissions.dataset
            and expected.period = submissions.period
            and submissions.standing = 'standing'
    where submissions.submission_id is null
),

pieces as (
    {% for split, column in {'department': 'department_code', 'district': 'district_key'}.items() %}
        select
            target_id, period, '{{ split }}' as task_split, {{ column }} as task_unit_code,
            coalesce(cast(sum(counted) as bigint), count(distinct person_key)) as done,
            cast(null as bigint) as held_in_district, cast(null as bigint) as missing_submissions
        from contributions
        group by target_id, period, {{ column }}
        union all
        select target_id, period, '{{ split }}', {{ column }}, sum(amount), null, null
        from components
        group by target_id, period, {{ column }}
        union all
        select target_id, period, '{{ split }}', {{ column }}, null, null, count(*)
        from missing
        group by target_id, period, {{ column }}
        union all
    {% endfor %}
    -- Whoever has a task and did nothing.
    select target_id, period, task_split, task_unit_code, 0, null, 0
    from {{ ref('int_task_in_force') }}
    union all
    select
        target_id, period, 'district', venue_district_key, null,
        coalesce(cast(sum(counted) as bigint), count(distinct person_key)), null
    from contributions
    where venue_district_key is not null
    group by target_id, period, venue_district_key
)

select
    target_id,
    period,
    task_split,
    task_unit_code,
    cast(coalesce(sum(done), 0) as decimal(18, 4)) as done,
    cast(sum(held_in_district) as bigint) as held_in_district,
    cast(coalesce(sum(missing_submissions), 0) as bigint) as missing_submissions
from pieces
-- The city itself is no district.
where task_split = 'department' or task_unit_code <> 'SZ'
group by target_id, period, task_split, task_unit_code
