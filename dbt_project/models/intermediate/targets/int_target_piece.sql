with periods as (
    select * from {{ ref('int_target_period') }}
),

counted as (
    {{ counted_until('period_end_date', 'periods', ['department_code', 'district_key', 'part_code']) }}
),

-- All that is counted, the persons of the periods that count each of them once, and what enters without rows.
numbers as (
    select
        *,
        cast(null as decimal(18, 4)) as opening_balance,
        cast(null as decimal(18, 4)) as totals_only
    from counted
    union all
    select
        target_id, reading, period, department_code, district_key, part_code, null, null, opening_balance, totals_only
    from {{ ref('int_target_component') }}
),

pieces as (
    select *, 'department' as breakdown, department_code as code from numbers
    union all
    select *, 'district', district_key from numbers
    union all
    select *, 'part', part_code from numbers
    where part_code is not null
),

added as (
    select
        pieces.target_id, pieces.reading, pieces.period, pieces.breakdown, pieces.code, periods.is_sensitive,
        coalesce(cast(sum(pieces.counted) as bigint), count(distinct pieces.person_key)) as counted,
        coalesce(sum(pieces.opening_balance), 0) as opening_balance,
        coalesce(sum(pieces.totals_only), 0) as totals_only
    from pieces
    inner join periods on {{ same_target_period('pieces', 'periods') }}
    group by pieces.target_id, pieces.reading, pieces.period, periods.is_sensitive, pieces.breakdown, pieces.code
),

-- Of a small component nothing is told, nor the sum that would tell it.
measured as (
    select
        *,
        is_sensitive and (
            {{ is_small('counted') }} or {{ is_small('opening_balance') }} or {{ is_small('totals_only') }}
        ) as is_hidden
    from added
)

-- The city's components are told: where of one a single piece is hidden, another goes with it, chosen by its code, so
-- that other tables and other days hide the same.
select
    target_id, reading, period, breakdown, code, counted, opening_balance, totals_only,
    not is_hidden
    {%- for component in ['counted', 'opening_balance', 'totals_only'] %}
        and not {{ goes_with_the_hidden('is_hidden', component, 'target_id, reading, period, breakdown', 'code') }}
    {%- endfor %} as is_told
from measured
