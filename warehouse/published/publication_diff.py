"""What moved from one publication to another: figures, because of which submissions, and rows of every table.

Rows are compared by `row_diff`; why a submission moved nothing is `submission_effect`.
Reads published files only. Ends at facts; how they are shown is the caller's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb

from warehouse.published import figure_drilldown, row_diff, submission_effect
from warehouse.published.publication import DATABASE, Publication
from warehouse.published.submission_effect import Effect

Change = Literal["added", "superseded", "decided_anew", "current_again", "gone", "not_taken", "unchanged", "withheld"]
"""What became of a submission: `current_again` was superseded before, `gone` is unknown to the later publication,
`not_taken` came and does not count, `unchanged` moved by what others sent, `withheld` are rows that stand without their
place."""


@dataclass(frozen=True)
class Submission:
    """A submission that does not count as before; `replaced_by` is the one that counts now in its place."""

    submission_id: str
    department: str
    change: Change
    replaced_by: str | None = None
    effect: Effect | None = None
    """Why it moved no figure; nothing where it moved one."""


@dataclass(frozen=True)
class Cause:
    """What a submission added to a figure before and after; base amounts for ratios."""

    submission_id: str
    department: str | None
    change: Change
    before: Decimal
    after: Decimal
    base_before: Decimal | None
    base_after: Decimal | None


@dataclass(frozen=True)
class Moved:
    """A figure of which the actual or the status is another; a null figure is one that was not there."""

    target_id: str
    reading: str
    period: str
    before: Decimal | None
    after: Decimal | None
    status_before: str | None
    status_after: str | None
    causes: list[Cause] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table of which the rows or columns are others; rows are compared by what they are of and the columns that both
    have. `placed`: the same rows, sent elsewhere; `columns_changed`: column → rows."""

    name: str
    rows_before: int | None
    rows_after: int | None
    gone: int
    come: int
    changed: int
    placed: int
    columns_gone: list[str]
    columns_come: list[str]
    columns_changed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ByDay:
    """What is otherwise on the later day over the same rows, and is left out: figures' status, and tables."""

    figures: list[Moved] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Moves:
    before: Publication
    after: Publication
    figures: list[Moved]
    submissions: list[Submission]
    tables: list[Table]
    by_day: ByDay = field(default_factory=ByDay)


_FIGURES = """
select target_id, reading, period, a.actual, b.actual, a.status, b.status
from a.rpt_target_progress as a full join b.rpt_target_progress as b using (target_id, reading, period)
where a.actual is distinct from b.actual or a.status is distinct from b.status
order by target_id, reading <> 'main', reading, period
"""
_CAUSES = """
with added as (
    select target_id, reading, period, submission_id, any_value(department_code) as department_code,
        coalesce(sum(amount) filter (not is_after), 0) as before, coalesce(sum(amount) filter (is_after), 0) as after,
        sum(base_amount) filter (not is_after) as base_before, sum(base_amount) filter (is_after) as base_after
    from (select *, false as is_after from a.fct_target_contribution
          union all by name select *, true as is_after from b.fct_target_contribution)
    group by target_id, reading, period, submission_id
)
select target_id, reading, period, submission_id, department_code, before, after, base_before, base_after
from added where before <> after or base_before is distinct from base_after
order by target_id, reading, period, abs(after - before) desc, submission_id
"""
_COLUMNS = """
select database_name, table_name, list(column_name order by column_index) from duckdb_columns()
where database_name in ('a', 'b') group by all
"""


def compare(before: Publication, after: Publication) -> Moves:
    figure_drilldown.check_opens([before, after])
    submissions = _submissions(before.manifest, after.manifest)
    with duckdb.connect() as con:
        for name, publication in (("a", before), ("b", after)):
            con.execute(f"attach '{_quoted(publication.folder / DATABASE)}' as {name} (read_only)")
        figures = _figures(con, {submission.submission_id: submission.change for submission in submissions})
        moved_by_day = _only_by_day(before.manifest, after.manifest, figures)
        causing = {cause.submission_id for figure in figures for cause in figure.causes}
        without = [submission.submission_id for submission in submissions if submission.submission_id not in causing]
        effects = submission_effect.effects(con, without)
        tables, tables_by_day = _tables(con, before.manifest, after.manifest)
        return Moves(
            before,
            after,
            [figure for figure in figures if figure not in moved_by_day],
            [replace(submission, effect=effects.get(submission.submission_id)) for submission in submissions],
            tables,
            ByDay(moved_by_day, tables_by_day),
        )


def _only_by_day(before: Mapping[str, Any], after: Mapping[str, Any], figures: Iterable[Moved]) -> list[Moved]:
    """The figures that say something else because it is another day: of the same rows, under the same rules."""
    if before["as_of_date"] == after["as_of_date"] or before["versions"] != after["versions"]:
        return []
    return [figure for figure in figures if not figure.causes and (figure.before or 0) == (figure.after or 0)]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _submissions(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Submission]:
    """Which submissions count otherwise than before, and what came in the place of those that do not count any more."""
    old, new = _folder_by_submission(before["submissions"]), _folder_by_submission(after["submissions"])
    known_before, known_after = _folder_by_submission(before["decisions"]), _folder_by_submission(after["decisions"])
    place = {_key_of(name): name for name in new}
    submissions = []
    for name in sorted(old | new):
        change: Change
        if name not in old:
            change = "current_again" if name in known_before else "added"
        elif name not in new:
            change = "superseded" if name in known_after else "gone"
        elif old[name] != new[name]:
            change = "decided_anew"
        else:
            continue
        replaced_by = place.get(_key_of(name)) if name not in new else None
        submissions.append(Submission(name, _department_of(name), change, replaced_by))
    came = sorted(known_after.keys() - known_before.keys() - new.keys())
    return [*submissions, *(Submission(name, _department_of(name), "not_taken") for name in came)]


def _department_of(submission_id: str) -> str:
    return submission_id.partition("-")[0].partition(".")[0]


def _folder_by_submission(folder_names: Iterable[str]) -> dict[str, str]:
    return {folder_name.rpartition("@")[0]: folder_name for folder_name in folder_names}


def _key_of(submission_id: str) -> str:
    """Unit, dataset and period: the content's digest stands last."""
    return submission_id.rpartition("-")[0]


def _figures(con: duckdb.DuckDBPyConnection, changes: Mapping[str, Change]) -> list[Moved]:
    moved = {row[:3]: Moved(*row) for row in con.execute(_FIGURES).fetchall()}
    for target, reading, period, submission, department, *amounts in con.execute(_CAUSES).fetchall():
        figure = moved.get((target, reading, period))
        if figure:
            change = changes.get(submission, "withheld" if submission == figure_drilldown.WITHHELD else "unchanged")
            figure.causes.append(Cause(submission, department, change, *amounts))
    return list(moved.values())


def _tables(
    con: duckdb.DuckDBPyConnection, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[list[Table], list[str]]:
    """The tables whose content differs by the manifests, and the names of those that only the day moved."""
    days = (dt.date.fromisoformat(before["as_of_date"]), dt.date.fromisoformat(after["as_of_date"]))
    columns = {(side, name): names for side, name, names in con.execute(_COLUMNS).fetchall()}
    tables, by_day = [], []
    for name in sorted({*before["tables"], *after["tables"]}):
        old, new = before["tables"].get(name), after["tables"].get(name)
        old_columns, other = columns.get(("a", name), []), columns.get(("b", name), [])
        if old and new and old["sha256"] == new["sha256"] and old_columns == other:
            continue
        shared = [column for column in old_columns if column in other]
        rows = (
            row_diff.compare(con, name, shared, days)
            if old and new and shared
            else row_diff.Rows(old["rows"] if old else 0, new["rows"] if new else 0, 0, 0, 0, {})
        )
        columns_gone = [column for column in old_columns if column not in other]
        columns_come = [column for column in other if column not in old_columns]
        if rows.is_moved or columns_gone or columns_come:
            tables.append(
                Table(
                    name,
                    old and old["rows"],
                    new and new["rows"],
                    rows.gone,
                    rows.come,
                    rows.changed,
                    rows.placed,
                    columns_gone,
                    columns_come,
                    rows.columns,
                )
            )
        elif rows.by_day:
            by_day.append(name)
    return tables, by_day
