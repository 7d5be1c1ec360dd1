"""Why a submission that changed moved no figure: it waits, says the same as before, or its rows do not count.

Reads the published marts and `fct_target_contribution`. What moved is `publication_diff`; ends at reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from warehouse.vocabulary.mart import marts

Why = Literal[
    "waits",
    "held_back",
    "refused",
    "superseded",
    "nothing_to_report",
    "all_rows_held",
    "same_amounts",
    "not_counted",
    "no_target",
]
"""`waits` for its department's confirmation; `held_back` for the build; `same_amounts`: what it adds was added before;
`superseded` before anybody saw it; `not_counted`: none of its rows counts; `no_target`: its dataset feeds no target."""
_STANDINGS: Mapping[str, Why] = {
    "awaiting_confirmation": "waits",
    "held_back": "held_back",
    "refused": "refused",
    "superseded": "superseded",
}


@dataclass(frozen=True)
class Effect:
    """Why nothing moved; of `not_counted` the reasons with their rows."""

    why: Why
    rows_by_reason: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Told:
    """What `fct_submission` says of a submission."""

    standing: str
    accepted_rows: int
    held_rows: int
    is_nothing_to_report: bool


def effects(con: duckdb.DuckDBPyConnection, submissions: Sequence[str]) -> dict[str, Effect]:
    """Submission → why it moved no figure, of those told; `a` and `b` are the two publications."""
    if not submissions:
        return {}
    told = _told(con, submissions)
    adding = _adding(con, submissions)
    uncounted = _uncounted(con, submissions)
    return {
        submission: _effect(told.get(submission), submission in adding, uncounted.get(submission))
        for submission in submissions
    }


def _effect(told: _Told | None, adds: bool, uncounted: dict[str, int] | None) -> Effect:
    if told and told.standing in _STANDINGS:
        return Effect(_STANDINGS[told.standing])
    if told and told.is_nothing_to_report:
        return Effect("nothing_to_report")
    if told and told.accepted_rows == 0 and told.held_rows:
        return Effect("all_rows_held")
    if adds:
        return Effect("same_amounts")
    return Effect("not_counted", uncounted) if uncounted else Effect("no_target")


def _told(con: duckdb.DuckDBPyConnection, submissions: Sequence[str]) -> dict[str, _Told]:
    """As the later publication knows them, else the earlier."""
    known: dict[str, _Told] = {}
    for side in ("a", "b"):
        rows = con.execute(
            f"""
            select submission_id, standing, accepted_rows, held_rows, is_nothing_to_report
            from {side}.fct_submission where submission_id in (select unnest($1))
            """,
            [list(submissions)],
        ).fetchall()
        known |= {submission: _Told(*facts) for submission, *facts in rows}
    return known


def _adding(con: duckdb.DuckDBPyConnection, submissions: Sequence[str]) -> set[str]:
    """Those with an amount in any figure, before or after."""
    rows = con.execute(
        """
        select submission_id from a.fct_target_contribution
        where amount <> 0 and submission_id in (select unnest($1))
        union
        select submission_id from b.fct_target_contribution
        where amount <> 0 and submission_id in (select unnest($1))
        """,
        [list(submissions)],
    ).fetchall()
    return {submission for (submission,) in rows}


def _uncounted(con: duckdb.DuckDBPyConnection, submissions: Sequence[str]) -> dict[str, dict[str, int]]:
    """Submission → why its rows do not count, with their number; of a table that tells no reason, `not_counted`."""
    told: dict[str, dict[str, int]] = {}
    for side in ("a", "b"):
        tables = con.execute(
            "select table_name from duckdb_columns() where database_name = $side and column_name = 'is_counted'",
            {"side": side},
        ).fetchall()
        present = {name for (name,) in tables}
        for name in sorted(present & marts().keys()):
            columns = marts()[name].columns
            if "submission_id" not in columns:
                continue
            has_reason = "not_counted_reason" in columns
            reason = "coalesce(not_counted_reason, 'not_counted')" if has_reason else "'not_counted'"
            rows = con.execute(
                f"select submission_id, {reason}, count(*) from {side}.{name} "
                "where not is_counted and submission_id in (select unnest($1)) group by all order by all",
                [list(submissions)],
            ).fetchall()
            for submission, why, count in rows:
                told.setdefault(submission, {})[why] = count
    return told
