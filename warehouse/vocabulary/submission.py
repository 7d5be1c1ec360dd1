"""A submission from delivery to decision: the records that ingest, expectations and orchestration share.

Facts and their JSON only; what stands among several is `warehouse.store.standing`.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from warehouse.vocabulary.period import Period

Outcome = Literal["accepted", "partly_accepted", "rejected", "unreadable"]
FileProblem = Literal[
    "unknown_kind",
    "damaged",
    "encrypted",
    "empty",
    "garbled",
    "no_table",
    "wrong_dataset",
    "too_large",
    "answers_nothing",
    "rows_unidentified",
    "wrong_unit",
    "report_returned",
]
"""Why a file gave no rows of its dataset. `REJECTED` problems reject; every other one is unreadable."""
REJECTED: frozenset[FileProblem] = frozenset({"wrong_dataset", "answers_nothing", "wrong_unit", "report_returned"})

RemarkKind = Literal[
    "near_miss",
    "hidden_rows",
    "hidden_columns",
    "hidden_sheet",
    "sheet_without_table",
    "sheet_of_examples",
    "macros",
    "external_links",
    "total_differs",
    "member_not_read",
    "unknown_action",
    "no_rows",
    "in_departments_folder",
    "records_missing",
    "second_header",
    "surplus_cells",
    "pages_missing",
    "rows_deleted",
    "explained_without_reason",
    "reason_without_action",
    "corrected_without_change",
    "nothing_changed",
    "merged_already",
    "columns_gone",
    "places_without_sheet",
    "changed_by_two",
    "changed_unmarked",
    "copied_sheet",
    "prepared_rows",
    "rows_without_person",
    "table_below",
    "other_table",
    "other_period",
]


@dataclass(frozen=True)
class Remark:
    """What the sender should know of how the file was read; `values` fill the message and hold no identifier."""

    kind: RemarkKind
    values: dict[str, str] = field(default_factory=dict)
    field: str | None = None


@dataclass(frozen=True)
class Submission:
    """The content delivered for the key (dataset, unit, period)."""

    dataset: str
    department: str
    unit: str
    period: str
    sha256: str

    @property
    def submission_id(self) -> str:
        return f"{self.unit}-{self.dataset}-{self.period}-{self.sha256[:12]}"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.dataset, self.unit, self.period


@dataclass(frozen=True)
class FileFacts:
    """The file as it came. `kind` is what its bytes say (xlsx, xls, csv, tsv, json …), null when unknown."""

    name: str
    sha256: str
    bytes: int
    kind: str | None = None
    encoding: str | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappedColumn:
    """One column of one sheet. `field` is null for a column that no field claims; `letter` is null in JSON.
    `header_row`: where the column is one of a second table in the sheet."""

    sheet: str | None
    header: str
    field: str | None
    letter: str | None
    header_row: int | None = None


@dataclass(frozen=True)
class SheetReading:
    """How one sheet was read; `left_out` counts rows by reason (title, header, blank, prepared, total,
    note, example, nothing, copy, other_table)."""

    name: str | None
    header_row: int | None
    rows: int
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """Why a row that was warned about is right, in its sender's words and free of identifiers."""

    row_index: int
    reason: str


@dataclass(frozen=True)
class CellChange:
    """A cell that a correction changed, in a row that has its place in the first file; texts are masked.

    `before`: what stood. `is_marked`: the workbook had marked the cell. `over`: the correction that had
    changed the same cell to `before` since the workbook was written.
    """

    sheet: str | None
    row: int
    field: str
    before: str | None
    after: str | None
    is_marked: bool = False
    over: str | None = None


RowGroup = Literal[
    "sent",
    "deleted",
    "corrected",
    "added",
    "withdrawn",
    "withdrawn_over",
    "reinstated",
    "explained",
    "explained_without_reason",
    "reason_without_action",
    "corrected_without_change",
]
"""What was done with rows of a correction workbook. `sent`: they are in it; `deleted`: they were in it when it was
written; `withdrawn_over`: another correction had changed them since; `reinstated`: another had withdrawn them."""


@dataclass(frozen=True)
class Supplement:
    """What a correction workbook did to the submission that it answers; `line` are the submissions that were merged,
    the whole file first and its own last, empty where the workbook was read by itself.

    `changes`: the first cells of `changed_cells`, row by row. `rows`: by what was done with them, the places of rows as
    `correction_columns.packed` writes them. `opinions`: what the workbook said of the changed rows, by place.
    """

    answers: str
    line: tuple[str, ...] = ()
    corrected: int = 0
    added: int = 0
    withdrawn: int = 0
    explained: tuple[Explanation, ...] = ()
    changes: tuple[CellChange, ...] = ()
    changed_cells: int = 0
    rows: dict[RowGroup, str] = field(default_factory=dict)
    opinions: dict[str, str] = field(default_factory=dict)

    @property
    def beside(self) -> tuple[str, ...]:
        """Other corrections that were merged after the workbook was written."""
        return self.line[self.line.index(self.answers) + 1 : -1] if self.answers in self.line else ()


@dataclass(frozen=True)
class Reading:
    """What reading a file gave, beside its rows."""

    file: FileFacts
    rows: int = 0
    columns: tuple[MappedColumn, ...] = ()
    sheets: tuple[SheetReading, ...] = ()
    missing: tuple[str, ...] = ()  # required fields without a column
    claimed_twice: tuple[tuple[str, tuple[str, ...]], ...] = ()  # field, the headers that claim it
    remarks: tuple[Remark, ...] = ()
    problem: FileProblem | None = None
    detail: str | None = None  # for the problem, in Chinese and free of identifiers
    withdrawn: int = 0  # rows of the line that no longer stand, beside `rows`
    supplement: Supplement | None = None
    is_nothing: bool = False  # the sender says that there is nothing to report

    @property
    def mapped(self) -> dict[str, str]:
        """Header as sent → field."""
        return {column.header: column.field for column in self.columns if column.field}

    @property
    def ignored(self) -> list[str]:
        return sorted({column.header for column in self.columns if not column.field})


@dataclass(frozen=True)
class SentTable:
    """One table of a file as its sender wrote it: the lines above the header, the headers with the field that each
    means, and the data rows with their numbers. Holds identifiers."""

    sheet: str | None
    above: list[list[str | None]]
    headers: list[str]
    fields: list[str | None]
    numbers: list[int]
    rows: list[list[str | None]]


@dataclass(frozen=True)
class Rows:
    """received = accepted + held + withdrawn."""

    received: int
    accepted: int
    held: int
    withdrawn: int = 0


@dataclass(frozen=True)
class Check:
    """A check that did not run, and why."""

    rule: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """What was decided on a submission under one version of the rules; stored as `decision.json`."""

    submission: Submission
    outcome: Outcome
    rows: Rows
    reading: Reading
    checks_run: int
    checks_not_run: tuple[Check, ...]
    rules_version: str
    reference_version: str
    program_version: str
    key_id: str | None = None
    checksums: dict[str, str] = field(default_factory=dict)  # file name → SHA-256
    exceptions: tuple[str, ...] = ()  # ids of the approved exceptions that let findings pass

    @property
    def submission_id(self) -> str:
        return self.submission.submission_id

    @property
    def folder_name(self) -> str:
        """What was decided with exceptions stands beside what was decided without."""
        return "+".join([f"{self.submission_id}@{self.rules_version}", *self.exceptions])

    def to_json(self) -> str:
        """A line for each of its facts: Python lays JSON out by itself where it is told to indent, at three times the
        cost."""
        lines = [f' "{name}": {_json(fact)}' for name, fact in sorted(vars(self).items())]
        return "{\n" + ",\n".join(lines) + "\n}"

    @classmethod
    def from_json(cls, text: str | bytes) -> Decision:
        raw: dict[str, Any] = orjson.loads(text)
        reading = raw["reading"]
        return cls(
            **raw
            | {
                "submission": Submission(**raw["submission"]),
                "rows": Rows(**raw["rows"]),
                "checks_not_run": tuple(_check(**check) for check in raw["checks_not_run"]),
                "exceptions": tuple(raw.get("exceptions", ())),
                "reading": Reading(
                    **reading
                    | {
                        "file": FileFacts(**reading["file"] | {"sheets": tuple(reading["file"]["sheets"])}),
                        "columns": tuple(_column(**column) for column in reading["columns"]),
                        "sheets": tuple(SheetReading(**sheet) for sheet in reading["sheets"]),
                        "missing": tuple(reading["missing"]),
                        "remarks": tuple(Remark(**remark) for remark in reading.get("remarks", ())),
                        "claimed_twice": tuple((name, tuple(headers)) for name, headers in reading["claimed_twice"]),
                        "supplement": _supplement(reading.get("supplement")),
                    }
                ),
            }
        )


def _json(fact: object) -> str:
    return json.dumps(fact, ensure_ascii=False, sort_keys=True, default=vars)


_check = functools.lru_cache(maxsize=10_000)(Check)
_column = functools.lru_cache(maxsize=10_000)(MappedColumn)
"""What most decisions of a dataset and of a department have in common is held once: of 6,550 decisions 70 of 240 MB."""


def _supplement(raw: dict[str, Any] | None) -> Supplement | None:
    if raw is None:
        return None
    explained = tuple(Explanation(**explanation) for explanation in raw["explained"])
    changes = tuple(CellChange(**change) for change in raw.get("changes", ()))
    return Supplement(**raw | {"explained": explained, "changes": changes, "line": tuple(raw["line"])})


@dataclass(frozen=True)
class Delivery:
    """A file seen on a channel: one line of `deliveries.jsonl`. `submission` is null where `problem` says why;
    `sha256` is empty where its bytes were not taken.

    `received_at` is by our clock and decides what is in time; `modified_at` is the sender's word, and what is odd about
    it stands in `remark` (one Chinese sentence).
    """

    channel: str
    department: str
    name: str  # path on the channel
    size: int
    modified_at: str  # UTC, ISO 8601; or the channel's etag order
    received_at: str
    sha256: str
    dataset: str | None = None
    unit: str | None = None
    period: str | None = None
    problem: str | None = None
    answers: str | None = None  # the submission that a sheet of confirmation answers; such a sheet is none itself
    remark: str | None = None

    @property
    def seen_as(self) -> tuple[str, str, int, str]:
        """The same delivery seen again is nothing."""
        return self.channel, self.name, self.size, self.modified_at

    @functools.cached_property
    def submission(self) -> Submission | None:
        if self.problem or self.answers or self.dataset is None or self.unit is None or self.period is None:
            return None
        return Submission(self.dataset, self.department, self.unit, self.period, self.sha256)


@dataclass(frozen=True)
class Expected:
    """Who owes what for which period, and by when: a cell of the expected grid. What is not owed came all the same."""

    department: str
    unit: str
    dataset: str
    period: Period
    due_date: dt.date
    is_owed: bool = True
