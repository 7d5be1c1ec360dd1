with definitions as (
    select * from {{ ref('stg_target_definition') }}
),

targets as (
    select * from {{ ref('stg_target') }}
),

windows (window_kind, period, period_start_date, period_end_date) as (
    values
    ('cumulative', '2025-2027', date '2025-01-01', date '2027-12-31'),
    ('annual', '2025', date '2025-01-01', date '2025-12-31'),
    ('annual', '2026', date '2026-01-01', date '2026-12-31'),
    ('annual', '2027', date '2027-01-01', date '2027-12-31'),
    ('biennial', '2025-2026', date '2025-01-01', date '2026-12-31'),
    ('biennial', '2027-2028', date '2027-01-01', date '2028-12-31'),
    ('point', 'point', date '2025-01-01', date '2027-12-31')
),

kinds as (
    select
        target_id,
        reading,
        source_text,
        -- Named first: what its clock follows.
        case
            when position(' + ' in source_text) > 0 then substr(source_text, 1, position(' + ' in source_text) - 1)
            else source_text
        end as main_dataset,
        measure,
        window_kind,
        clock_kind,
        opening,
        is_exact_quota,
        is_sensitive,
        measure = 'persons' as is_distinct_person,
        measure in ('ratio', 'share_reaching') as is_ratio
    from definitions
)

select
    kinds.target_id,
    kinds.reading,
    kinds.source_text,
    kinds.main_dataset,
    windows.period,
    windows.period_start_date,
    windows.period_end_date,
    kinds.window_kind,
    case kinds.window_kind when 'annual' then 'yearly' else kinds.window_kind end as period_kind,
    kinds.clock_kind,
    kinds.measure,
    coalesce(kinds.opening = 'added', false) as has_reported_totals,
    coalesce(kinds.opening = 'missing', false) as is_opening_missing,
    kinds.is_sensitive,
    kinds.is_exact_quota,
    kinds.is_distinct_person,
    kinds.is_ratio,
    -- Whose events stand in their months: no quota, ratio or status on the day, no reported figure, no list of a year.
    kinds.window_kind in ('cumulative', 'annual')
    and not kinds.is_exact_quota
    and not kinds.is_ratio
    and kinds.source_text not in ('aggregate_summary', 'talent_award') as is_monthly,
    targets.comparator,
    targets.unit,
    targets.threshold
from kinds
inner join targets on kinds.target_id = targets.target_id
inner join windows on kinds.window_kind = windows.window_kind
