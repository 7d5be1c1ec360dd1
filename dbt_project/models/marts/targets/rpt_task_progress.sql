-- How far each unit is with its task at the target's cut-off. The city's figure stands in rpt_target_progress: where
-- persons are counted once the units of a split add up to more, and the two splits are never added.
with tasks as (
    select * from {{ ref('int_task_in_force') }}
),

counts as (
    select * from {{ ref('int_task_count') }}
),

target_periods as (
    select * from {{ ref('int_target_period') }}
    where is_monthly and reading = 'main'
),

clocks as (
    select * from {{ ref('int_target_clock') }}
    where reading = 'main'
),

names as (
    select
        'department' as task_split,
        department_code as code,
        short_name as code_name
    from {{ ref('dim_department') }}
    union all
    select
        'district',
        district_key,
        district_name
    from {{ ref('dim_district') }}
),

units as (
    select target_id, period, task_split, task_unit_code from tasks
    union
    select target_id, period, task_split, task_unit_code from counts
    where done > 0 or held_in_district > 0
),

told as (
    select
        units.*,
        target_periods.unit,
        target_periods.is_sensitive,
        target_periods.is_distinct_person,
        target_periods.threshold,
        clocks.cut_off_date,
        clocks.is_over,
        clocks.is_paced,
        clocks.expected_part,
        clocks.expected_whole,
        clocks.expected_share,
        tasks.task_version,
        tasks.task_document,
        tasks.task_quantity,
        coalesce(counts.missing_submissions, 0) as missing_submissions,
        {{ published_count('coalesce(counts.done, 0)', 'target_periods.is_sensitive') }} as done,
        {{ published_count('counts.held_in_district', 'target_periods.is_sensitive') }} as held_in_district
    from units
    inner join target_periods
        on units.target_id = target_periods.target_id and units.period = target_periods.period
    inner join clocks
        on units.target_id = clocks.target_id and units.period = clocks.period
    left join tasks
        on {{ same_task('units', 'tasks') }}
    left join counts
        on {{ same_task('units', 'counts') }}
),

judged as (
    select
        *,
        case when task_quantity > 0 then {{ floor_share('done', 'task_quantity') }} end as task_share,
        case
            when task_quantity > 0 and is_paced
                then {{ floor_share('done * expected_whole', 'task_quantity * expected_part') }}
        end as pace_ratio,
        coalesce(task_quantity > 0 and done is not null and cut_off_date is not null and missing_submissions = 0, false)
            as is_ranked
    from told
)

select
    judged.target_id,
    judged.period,
    judged.task_split,
    judged.task_unit_code,
    names.code_name as task_unit_name,
    judged.unit,
    judged.cut_off_date,
    judged.task_version,
    judged.task_document,
    judged.task_quantity,
    judged.done,
    judged.held_in_district,
    judged.task_share,
    judged.expected_share,
    judged.pace_ratio,
    case
        when judged.task_quantity is null or judged.task_quantity = 0 then null
        when judged.cut_off_date is null then 'not_due'
        when judged.done is null then 'no_data'
        when judged.is_over and judged.done >= judged.task_quantity then 'done'
        when judged.missing_submissions > 0 then 'incomplete'
        when judged.is_over then 'not_done'
        when judged.pace_ratio is null then 'not_paced'
        else {{ pace_status('judged.pace_ratio') }}
    end as status,
    -- Equal shares share a rank; who has reports due and not in has none.
    case
        when judged.is_ranked
            then rank() over (
                partition by judged.target_id, judged.period, judged.task_split, judged.is_ranked
                order by judged.task_share desc
            )
    end as task_rank,
    judged.missing_submissions,
    cast(sum(judged.task_quantity) over (
        partition by judged.target_id, judged.period, judged.task_split
    ) as bigint) as allocated_quantity,
    judged.threshold,
    judged.is_distinct_person = false
    and sum(judged.task_quantity) over (partition by judged.target_id, judged.period, judged.task_split)
    < judged.threshold as is_short_of_plan
from judged
left join names
    on judged.task_split = names.task_split and judged.task_unit_code = names.code
