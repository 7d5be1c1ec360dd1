"""The columns that a correction workbook adds to its sender's: where a row stood, what was done to it, why it is right.

Their headers are `warehouse.vocabulary.correction_columns`. Ends at a table beside the rows; `correction_merge` merges
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from ingest.layout import Column, Layout
from warehouse.vocabulary import correction_columns

SCHEMA = pa.schema([("place", pa.string()), ("action", pa.string()), ("reason", pa.string())])
_OWN = frozenset({correction_columns.OPINION, correction_columns.ACTION, correction_columns.REASON})


@dataclass(frozen=True)
class Answer:
    """The submission that is answered, and `SCHEMA` in the order of the file's data rows."""

    answers: str
    rows: pa.Table


@dataclass(frozen=True)
class Aside:
    """A table's columns that are not the sender's own, by header; `place` names the submission that is answered."""

    answers: str
    place: Column
    others: dict[str, Column]


def split_columns(layout: Layout) -> tuple[Layout, Aside | None]:
    """The sender's own columns, and those of the correction workbook where the table is one."""
    answering = {
        answers: column for column in layout.columns if (answers := correction_columns.answered(column.header))
    }
    if not answering:
        return layout, None
    answers, place = next(iter(answering.items()))
    others = {column.header.strip(): column for column in layout.columns if column.header.strip() in _OWN}
    strange = {place.at, *(column.at for column in others.values())}
    sender_columns = tuple(column for column in layout.columns if column.at not in strange)
    return replace(layout, columns=sender_columns), Aside(answers, place, others)


def gather_answer(tables: Sequence[tuple[Layout, Aside | None, pa.Int64Array]]) -> Answer | None:
    """What is said of the data rows of all tables, given their places in the sheets; a sheet without these columns
    brings new rows. Null where no table is of a correction workbook."""
    answers = [aside.answers for _, aside, _ in tables if aside]
    if not answers:
        return None
    return Answer(answers[0], pa.concat_tables([_said(*table) for table in tables]))


def _said(layout: Layout, aside: Aside | None, rows: pa.Int64Array) -> pa.Table:
    def cells(column: Column | None) -> pa.StringArray:
        return layout.sheet.columns[column.at].take(rows) if column else pa.nulls(len(rows), pa.string())

    if aside is None:
        return pa.table([cells(None)] * len(SCHEMA), schema=SCHEMA)
    return pa.table(
        [
            cells(aside.place),
            cells(aside.others.get(correction_columns.ACTION)),
            cells(aside.others.get(correction_columns.REASON)),
        ],
        schema=SCHEMA,
    )
