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
    {{ unit_names('task_split') }}
),

-- What is not told of a period is not told of its part until the cut-off either.
untold as (
    select target_id, period, breakdown as task_split, code as task_unit_code
    from {{ ref('int_target_piece') }}
    where reading = 'main' and not is_told
),

measured as (
    select
        counts.target_id, counts.period, counts.task_split, counts.task_unit_code, counts.missing_submissions,
        target_periods.period_start_date, target_periods.period_end_date, target_periods.period_kind,
        target_periods.unit, target_periods.is_distinct_person, target_periods.threshold,
        clocks.cut_off_date, clocks.is_over, clocks.is_paced,
        clocks.expected_part, clocks.expected_whole, clocks.expected_share,
        tasks.task_version, tasks.task_document, tasks.task_quantity,
        counts.done as measured_done,
        target_periods.is_sensitive and (untold.target_id is not null or {{ is_small('counts.done') }}) as hides_done,
        {{ published_count('counts.held_in_district', 'target_periods.is_sensitive') }} as held_in_district
    from counts
    inner join target_periods
        on counts.target_id = target_periods.target_id and counts.period = target_periods.period
    inner join clocks
        on counts.target_id = clocks.target_id and counts.period = clocks.period
    left join tasks
        on {{ same_task('counts', 'tasks') }}
    left join untold
        on {{ same_task('counts', 'untold') }}
    where tasks.task_quantity is not null or counts.done > 0 or counts.held_in_district > 0
),

-- The city's figure is told: where of a split a single number is hidden, another goes with it, as in
-- rpt_target_breakdown.
told as (
    select
        *,
        case
            when
                not hides_done
                and not {{ goes_with_the_hidden(
                    'hides_done', 'measured_done', 'target_id, period, task_split', 'task_unit_code'
                ) }}
                then measured_done
        end as done
    from measured
),

judged as (
    select
        *,
        sum(task_quantity) over (partition by target_id, period, task_split) as allocated_quantity,
        case when task_quantity > 0 then {{ floor_share('done', 'task_quantity') }} end as task_share,
        case
            when task_quantity > 0 and is_paced
                then {{ floor_share('done * expected_whole', 'task_quantity * expected_part') }}
        end as pace_ratio,
        coalesce(task_quantity > 0 and done is not null and missing_submissions = 0, false) as is_ranked
    from told
)

select
    judged.target_id,
    judged.period, judged.period_start_date, judged.period_end_date, judged.period_kind,
    judged.task_split,
    judged.task_unit_code,
    names.code_name as task_unit_name,
    judged.unit,
    judged.cut_off_date,
    judged.task_version, judged.task_document, judged.task_quantity,
    judged.done, judged.held_in_district,
    judged.task_share,
    judged.expected_share,
    judged.pace_ratio,
    case
        when judged.task_quantity is null or judged.task_quantity = 0 then null
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
            then cast(rank() over (
                partition by judged.target_id, judged.period, judged.task_split, judged.is_ranked
                order by judged.task_share desc
            ) as bigint)
    end as task_rank,
    judged.missing_submissions,
    cast(judged.allocated_quantity as bigint) as allocated_quantity,
    judged.threshold,
    not judged.is_distinct_person and judged.allocated_quantity < judged.threshold as is_short_of_plan
from judged
left join names
    on judged.task_split = names.task_split and judged.task_unit_code = names.code
