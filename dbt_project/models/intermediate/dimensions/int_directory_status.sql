-- The directories are sent whole, period by period: what stood in them, and from when to when; no back-files, nor the
-- enterprises that stood in them before they had registers of their own.
with directory as (
    select
        *,
        coalesce(institution_uscc, carrier_id) as institution_key
    from {{ ref('stg_institution_directory') }}
    where not ({{ is_of_opening('period_end_date') }})
),

ranked as (
    select
        *,
        row_number() over (
            partition by unit_code, entity_type_code, institution_key, period_end_date
            order by period_start_date desc, delivery_order desc, submission_id desc, row_index desc
        ) as snapshot_rank
    from directory
    where not {{ is_enterprise() }}
),

snapshots as (
    select
        unit_code,
        period_end_date,
        row_number() over (partition by unit_code order by period_end_date) as snapshot_number,
        lead(period_end_date) over (partition by unit_code order by period_end_date) as next_snapshot_date
    from (select distinct unit_code, period_end_date from directory) as dates
),

seen as (
    select
        ranked.*,
        snapshots.snapshot_number,
        snapshots.next_snapshot_date,
        lag(snapshots.snapshot_number) over entries as earlier_snapshot_number,
        lead(snapshots.snapshot_number) over entries as later_snapshot_number,
        lag(ranked.status_code || coalesce(ranked.rating_code, '-')) over entries as earlier_state
    from ranked
    inner join snapshots
        on ranked.unit_code = snapshots.unit_code and ranked.period_end_date = snapshots.period_end_date
    where ranked.snapshot_rank = 1
    window entries as (
        partition by ranked.unit_code, ranked.entity_type_code, ranked.institution_key order by ranked.period_end_date
    )
),

-- A state is new with the first entry, with another status or rating, and after a directory that left it out.
numbered as (
    select
        *,
        case when coalesce(later_snapshot_number <> snapshot_number + 1, true) then next_snapshot_date end
            as absent_date,
        sum(
            case
                when
                    earlier_snapshot_number = snapshot_number - 1
                    and earlier_state = status_code || coalesce(rating_code, '-') then 0
                else 1
            end
        ) over (
            partition by unit_code, entity_type_code, institution_key order by period_end_date
            rows between unbounded preceding and current row
        ) as state_number
    from seen
),

-- Of the directories that say the same the last one's dates count.
marked as (
    select
        *,
        min(period_end_date) over state as first_seen_date,
        row_number() over (
            partition by unit_code, entity_type_code, institution_key, state_number
            order by period_end_date desc
        ) as state_rank
    from numbered
    window state as (partition by unit_code, entity_type_code, institution_key, state_number)
),

-- What is told first holds since it is valid, later since its directory; a removal since the day after the last valid.
begun as (
    select
        *,
        case
            when status_code = '3' then coalesce({{ days_after('valid_to_date', 1) }}, first_seen_date)
            when state_number = 1 then valid_from_date
            else greatest(first_seen_date, valid_from_date)
        end as state_from_date
    from marked
    where state_rank = 1
),

ended as (
    select
        *,
        least(
            {{ days_after('absent_date', -1) }},
            case when status_code <> '3' then valid_to_date end,
            {{ days_after('min(state_from_date) over later', -1) }}
        ) as state_to_date
    from begun
    window later as (
        partition by unit_code, entity_type_code, institution_key order by state_number
        rows between 1 following and unbounded following
    )
)

select
    institution_key,
    entity_type_code,
    department_code,
    unit_code,
    submission_id,
    status_code,
    rating_code,
    state_from_date as valid_from_date,
    state_to_date as valid_to_date
from ended
where state_to_date is null or state_to_date >= state_from_date
