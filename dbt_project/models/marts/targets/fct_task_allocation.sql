with allocations as (
    select * from {{ ref('stg_task_allocation') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

-- A version begins as a whole; the days of its rows are one (TK005), and the first of them where an exception let
-- others pass.
newest as (
    select
        *,
        min(from_date) over (
            partition by unit_code, target_id, task_split, task_window, task_version
        ) as version_from_date
    from ({{ newest_per_key('allocations', 'task_allocation') }}) as latest
)

select
    {{ row_key('newest') }} as task_allocation_key,
    newest.submission_id,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.target_id,
    newest.task_split,
    newest.task_unit_code,
    newest.task_window,
    newest.task_version,
    newest.task_quantity,
    -- Reading folds marks of full width; documents are Chinese texts.
    replace(newest.task_document, ',', '，') as task_document,
    newest.version_from_date as from_date,
    warnings.fact_key is not null as has_open_warning
from newest
left join warnings on {{ row_key('newest') }} = warnings.fact_key
