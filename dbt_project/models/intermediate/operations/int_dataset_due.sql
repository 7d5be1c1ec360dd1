with expected as (
    select * from {{ ref('stg_expected') }}
),

runs as (
    select * from {{ ref('stg_run') }}
)

select
    expected.dataset,
    expected.cadence,
    max(case when expected.due_date < runs.as_of_date then expected.period_end_date end) as reported_until_date
from expected
cross join runs
group by expected.dataset, expected.cadence
