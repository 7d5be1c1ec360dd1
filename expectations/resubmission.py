"""How many natural keys of what stands a resubmission lacks: counted before it may replace what stands.

Reads accepted and held rows of decided submissions; a held row is still in the file, so that its key is not lost.
Whether so many are a question is `warehouse.store.standing`. Ends at `Comparison`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from warehouse.store.data_root import Root
from warehouse.store.records import Comparison
from warehouse.store.standing import Need, SubmissionStatus
from warehouse.vocabulary import clock, contract, policy, privacy
from warehouse.vocabulary import period as periods
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.submission import Decision, Submission
from warehouse.vocabulary.tables import stored_sql

_COUNTS = """
select
    (select count(distinct natural_key) from standing_key) as keys_standing,
    (select count(distinct natural_key) from sent_key) as keys_sent,
    (select count(*) from (from standing_key except from sent_key)) as keys_lost
"""


def compare(
    con: duckdb.DuckDBPyConnection,
    root: Root,
    needs: Sequence[Need],
    statuses: Sequence[SubmissionStatus],
    now: dt.datetime,
) -> list[Comparison]:
    """Counts what each submission lacks of what stood when it came. `con`: with the macros of `privacy`.

    Args:
        statuses: of all submissions of the datasets concerned.
    """
    counted: dict[tuple[str, str], dict[str, Decision]] = {}
    for status in statuses:
        submission = status.decision.submission
        if status.stands and status.decision.rows.accepted:
            counted.setdefault((submission.dataset, submission.unit), {})[submission.period] = status.decision
    compared = []
    for need in needs:
        submission = need.decision.submission
        other = need.against or _unbroken_before(submission, counted.get((submission.dataset, submission.unit), {}))
        keys = _keys(con, root, need.decision, other) if other else (0, 0, 0)
        compared.append(
            Comparison(
                need.decision.submission_id,
                need.against.submission_id if need.against else None,
                other.submission_id if other else None,
                *keys,
                clock.utc_text(now),
            )
        )
    return compared


def _keys(con: duckdb.DuckDBPyConnection, root: Root, decision: Decision, other: Decision) -> tuple[int, int, int]:
    """How many distinct natural keys the other one has, the decision has, and the decision lacks of the other's."""
    dataset = contract.dataset(decision.submission.dataset)
    for name, compared in (("standing_key", other), ("sent_key", decision)):
        con.execute(f"create or replace temp table {name} (natural_key varchar)")
        if compared.rows.accepted:
            _insert(con, name, _columns(dataset), str(root.decision_folder(compared) / "accepted.parquet"))
        if compared.rows.held:
            _insert(con, name, _expressions(dataset), str(root.held_file(compared)))
    standing, sent, lost = con.execute(_COUNTS).fetchall()[0]
    return standing, sent, lost


def _insert(con: duckdb.DuckDBPyConnection, table: str, parts: Sequence[str], file: str) -> None:
    texts = ", ".join(f"coalesce(cast({part} as varchar), '')" for part in parts)
    con.execute(f"insert into {table} select concat_ws(chr(31), {texts}) from read_parquet(?)", [file])


def _columns(dataset: Dataset) -> list[str]:
    """The natural key of accepted rows: a token where the field is an identifier."""
    stored = stored_sql(dataset)
    return [stored[name] for name in _key(dataset)]


def _expressions(dataset: Dataset) -> list[str]:
    """The same over rows as sent."""
    sql_by_column: Mapping[str, str] = {column.name: column.sql for column in privacy.accepted_columns(dataset)}
    return [sql_by_column[name] for name in _key(dataset)]


def _key(dataset: Dataset) -> list[str]:
    return [dataset.field(name).token or name for name in dataset.key]


def _unbroken_before(submission: Submission, counted: Mapping[str, Decision]) -> Decision | None:
    """The newest of the periods before, where as many in a row as policy names had rows; else none.

    Args:
        counted: what stands with rows of the unit's dataset, by period.
    """
    before = periods.parse(submission.period)
    unbroken: list[Decision] = []
    while before is not None and len(unbroken) < int(policy.value("nothing_after_periods", before.end)):
        before = before.preceding
        if str(before) not in counted:
            return None
        unbroken.append(counted[str(before)])
    return unbroken[0] if unbroken else None
