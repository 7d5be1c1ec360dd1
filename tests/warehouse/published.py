"""Small publications with figures that can be opened. Test support only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb

from tests.warehouse.decided import submission
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary.submission import Decision

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
VERSIONS = {"rules": "r", "reference": "f", "program": "p", "key_id": "k"}
A, B = submission("a").submission_id, submission("b").submission_id
_TABLES = """
create schema marts;
create table marts.dim_target (target_id varchar, title varchar, target_order int);
create table marts.rpt_target_progress (target_id varchar, reading varchar, period varchar, unit varchar,
    actual decimal(18, 4), comparator varchar, threshold decimal(18, 4), status varchar);
create table marts.fct_submission (submission_id varchar, submission_kind varchar, answers_submission_id varchar,
    standing varchar default 'standing', accepted_rows bigint default 3, held_rows bigint default 0,
    is_nothing_to_report boolean default false);
create table marts.fct_target_contribution (target_id varchar, reading varchar, period varchar, component varchar,
    fact varchar, submission_id varchar, row_index bigint, row_number bigint, department_code varchar,
    unit_code varchar, event_date date, amount decimal(18, 4), base_amount decimal(18, 4));
insert into marts.dim_target values ('T09', '康养', 1), ('T19', '经费', 2), ('T04', '退役军人', 3);
"""


def row(
    target: str,
    submission_id: str,
    index: int,
    amount: int = 1,
    base: int | None = None,
    component: str = "counted",
    period: str = "2026",
) -> tuple[object, ...]:
    withheld = submission_id == "withheld"
    department = None if withheld else submission_id.partition("-")[0]
    return (
        target,
        "main",
        period,
        component,
        "withheld" if withheld else "participation",
        submission_id,
        index,
        index + 1,
        department,
        department,
        dt.date(2026, 3, index),
        amount,
        base,
    )


def publish(
    root: Root,
    rows: Sequence[tuple[object, ...]],
    figures: dict[tuple[str, str], float | None],
    decisions: Sequence[Decision] = (),
    now: dt.datetime = NOW,
    extra: str = "",
    key_id: str = VERSIONS["key_id"],
) -> Publication:
    """Publishes contributions and the figures (target, status → actual) as they are said to be."""
    root.database.unlink(missing_ok=True)
    with duckdb.connect(str(root.database)) as con:
        con.execute(_TABLES + extra)
        for (target, status), actual in figures.items():
            con.execute(
                "insert into marts.rpt_target_progress "
                "(target_id, reading, period, unit, actual, comparator, threshold, status) "
                "values (?, 'main', '2026', '人次', ?, '>=', 10, ?)",
                [target, actual, status],
            )
        if rows:
            con.executemany(
                "insert into marts.fct_target_contribution values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
        for submission_id in {str(row[5]) for row in rows} - {"withheld"}:
            con.execute(
                "insert into marts.fct_submission (submission_id, submission_kind) values (?, 'first')", [submission_id]
            )
    statuses = [
        SubmissionStatus(decision, "2026-02-01", "2026-02-01", number, "standing", True, True, True)
        for number, decision in enumerate(decisions)
    ]
    return publication.publish(root, statuses, NOW.date(), VERSIONS | {"key_id": key_id}, now)[0]
