"""What moved from one publication to another: figures, because of which submissions, and rows of every table.

Reads published files only. Ends at facts; how they are shown is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb

from warehouse.published import figure_drilldown
from warehouse.published.publication import DATABASE, Publication

Change = Literal["added", "superseded", "decided_anew", "current_again", "gone", "unchanged", "withheld"]
"""What became of a submission: `current_again` was superseded before, `gone` is unknown to the later publication,
`unchanged` moved by what others sent, `withheld` are rows that stand without their place."""


@dataclass(frozen=True)
class Submission:
    """A submission that does not count as before; `replaced_by` is the one that counts now in its place."""

    submission_id: str
    department: str
    change: Change
    replaced_by: str | None = None


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
    """A table of which the rows or columns are others; rows are compared by the columns that both have."""

    name: str
    rows_before: int | None
    rows_after: int | None
    gone: int
    come: int
    columns_gone: list[str]
    columns_come: list[str]


@dataclass(frozen=True)
class Moves:
    before: Publication
    after: Publication
    figures: list[Moved]
    submissions: list[Submission]
    tables: list[Table]


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
_ROWS = """
with a as (select hash({columns}) as h, count(*) as n from a.{name} group by 1),
    b as (select hash({columns}) as h, count(*) as n from b.{name} group by 1)
select coalesce(sum(greatest(coalesce(a.n, 0) - coalesce(b.n, 0), 0)), 0),
    coalesce(sum(greatest(coalesce(b.n, 0) - coalesce(a.n, 0), 0)), 0)
from a full join b using (h)
"""


def compare(before: Publication, after: Publication) -> Moves:
    figure_drilldown.check_opens([before, after])
    submissions = _submissions(before.manifest, after.manifest)
    with duckdb.connect() as con:
        for name, publication in (("a", before), ("b", after)):
            con.execute(f"attach '{_quoted(publication.folder / DATABASE)}' as {name} (read_only)")
        return Moves(
            before,
            after,
            _figures(con, {submission.submission_id: submission.change for submission in submissions}),
            submissions,
            _tables(con, before.manifest["tables"], after.manifest["tables"]),
        )


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
        submissions.append(Submission(name, name.partition("-")[0].partition(".")[0], change, replaced_by))
    return submissions


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


def _tables(con: duckdb.DuckDBPyConnection, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Table]:
    """The tables whose content differs by the manifests."""
    columns = {(side, name): names for side, name, names in con.execute(_COLUMNS).fetchall()}
    tables = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        old_columns, other = columns.get(("a", name), []), columns.get(("b", name), [])
        if old and new and old["sha256"] == new["sha256"] and old_columns == other:
            continue
        shared = [column for column in old_columns if column in other]
        if old and new and shared:
            sql = _ROWS.format(name=name, columns=", ".join(f'"{column}"' for column in shared))
            gone, come = con.execute(sql).fetchall()[0]
        else:
            gone, come = old["rows"] if old else 0, new["rows"] if new else 0
        tables.append(
            Table(
                name,
                old and old["rows"],
                new and new["rows"],
                int(gone),
                int(come),
                [column for column in old_columns if column not in other],
                [column for column in other if column not in old_columns],
            )
        )
    return tables
