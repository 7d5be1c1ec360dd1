"""The expected grid as it is decided now, whatever is published: who owes what, what came, what became of it.

The same columns as `rpt_submission_grid`, which shows the last publication (a test compares the two). Ends at rows.
"""

from __future__ import annotations

from typing import Any

import duckdb

from pages.gather import sources

_GRID = """
with shown as (
    from submission where represents_key and coalesce(refusal, 'outcome') = 'outcome'
),
latest as (
    from submission where is_latest
),
refused as (
    select s.unit_code, s.dataset, s.period, count(*) as refused_submissions
    from submission as s left join shown using (unit_code, dataset, period)
    where s.standing = 'refused' and s.delivery_order > coalesce(shown.delivery_order, -1)
    group by all
),
first_deliveries as (
    select unit_code, dataset, period, min(cast(received_at + interval 8 hour as date)) as first_received_date
    from delivery where submission_id is not null group by all
)
select
    e.department_code, e.unit_code, e.dataset, e.period, e.period_start_date, e.period_end_date,
    e.cadence as period_kind, e.due_date, run.as_of_date,
    case
        when not e.is_owed then 'unasked'
        when shown.submission_id is null and e.due_date >= run.as_of_date then 'not_due'
        when shown.submission_id is null then 'missing'
        when coalesce(first_received_date, cast(shown.received_at + interval 8 hour as date)) <= e.due_date
            then 'on_time'
        else 'late'
    end as state,
    shown.outcome, shown.submission_id, shown.received_rows, shown.accepted_rows, shown.held_rows, shown.withdrawn_rows,
    shown.is_nothing_to_report, shown.confirmed_at is not null as is_confirmed,
    coalesce(shown.has_confirmed_other, false) as has_confirmed_other, shown.standing, shown.received_at,
    latest.submission_id as latest_submission_id, latest.submission_kind as latest_kind,
    latest.standing as latest_standing, latest.refusal as latest_refusal, latest.outcome as latest_outcome,
    latest.received_at as latest_received_at, latest.asked_date as latest_asked_date,
    latest.answer_until_date as latest_answer_until_date,
    coalesce(refused.refused_submissions, 0) as refused_submissions,
    shown.held_back_rows as held_back_row_count, latest.held_back_answer_date
from expected as e
cross join run
left join shown using (unit_code, dataset, period)
left join latest using (unit_code, dataset, period)
left join refused using (unit_code, dataset, period)
left join first_deliveries using (unit_code, dataset, period)
order by e.unit_code, e.dataset, e.due_date, e.period
"""
_NEWEST = """
with numbered as (
    select *, row_number() over (partition by unit_code, dataset order by delivery_order desc) as newness
    from delivery where dataset is not null and answers is null
)
select
    n.department_code, n.unit_code, n.dataset, n.period, n.file_name, n.received_at, n.submission_id, n.problem,
    s.outcome, s.standing, s.refusal, s.received_rows, s.accepted_rows, s.held_rows, s.held_back_rows
from numbered as n left join submission as s using (submission_id)
where n.newness = 1
order by n.unit_code, n.dataset
"""


def newest_deliveries(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The last delivery of each unit and dataset, taken or not; `outcome` is null where it is not decided."""
    return sources.rows(connection, _NEWEST)


def told_grid(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Rows of the grid by unit, dataset and due day. `connection`: of `sources.connected`."""
    return sources.rows(connection, _GRID)
