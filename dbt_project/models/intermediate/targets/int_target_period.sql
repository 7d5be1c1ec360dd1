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
        coalesce(note_text = 'exact quota', false) as is_exact_quota,
        measure_text like 'distinct persons%' as is_distinct_person,
        measure_text like 'sum(%' or measure_text like 'share of%' as is_ratio,
        case window_text
            when '2025-01-01..2027-12-31' then 'cumulative'
            when 'calendar year' then 'annual'
            when 'point in time' then 'point'
            else 'biennial'
        end as window_kind
    from definitions
)

select
    kinds.target_id,
    kinds.reading,
    kinds.source_text,
    windows.period,
    windows.period_start_date,
    windows.period_end_date,
    kinds.window_kind,
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
