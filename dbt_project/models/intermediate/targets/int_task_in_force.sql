-- The tasks in force at a target's cut-off: of the versions that have begun the newest, as a whole. A closed month is
-- not judged again: its tasks are those that were in force when it was closed.
with allocations as (
    select * from {{ ref('fct_task_allocation') }}
),

clocks as (
    select * from {{ ref('int_target_clock') }}
    where reading = 'main'
),

closed_months as (
    select * from {{ ref('stg_closed_month') }}
),

closed_cut_offs as (
    select distinct
        clocks.target_id,
        clocks.period,
        closed_months.month_date
    from clocks
    inner join closed_months on {{ month_of('clocks.cut_off_date') }} = closed_months.month_date
),

versions as (
    select
        allocations.target_id,
        allocations.task_split,
        allocations.task_window,
        allocations.unit_code,
        allocations.task_version,
        row_number() over (
            partition by allocations.target_id, allocations.task_split, allocations.task_window
            order by max(allocations.from_date) desc, allocations.task_version desc, allocations.unit_code
        ) as version_rank
    from allocations
    inner join clocks
        on allocations.target_id = clocks.target_id and allocations.task_window = clocks.period
    where allocations.from_date <= clocks.cut_off_date
    group by
        allocations.target_id, allocations.task_split, allocations.task_window, allocations.unit_code,
        allocations.task_version
)

select
    allocations.target_id,
    allocations.task_window as period,
    allocations.task_split,
    allocations.task_unit_code,
    allocations.task_version,
    allocations.task_document,
    allocations.task_quantity
from allocations
inner join versions
    on
        allocations.target_id = versions.target_id
        and allocations.task_split = versions.task_split
        and allocations.task_window = versions.task_window
        and allocations.unit_code = versions.unit_code
        and allocations.task_version = versions.task_version
left join closed_cut_offs
    on allocations.target_id = closed_cut_offs.target_id and allocations.task_window = closed_cut_offs.period
where versions.version_rank = 1 and closed_cut_offs.month_date is null
union all
select
    closed_months.target_id,
    closed_months.period,
    closed_months.task_split,
    closed_months.task_unit_code,
    closed_months.task_version,
    closed_months.task_document,
    cast(closed_months.amount as bigint)
from closed_months
inner join closed_cut_offs
    on
        closed_months.target_id = closed_cut_offs.target_id
        and closed_months.period = closed_cut_offs.period
        and closed_months.month_date = closed_cut_offs.month_date
where closed_months.task_split <> ''
