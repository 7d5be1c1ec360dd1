"""What happens to whole files: damaged, encrypted, wrong, late, missing, sent twice, corrected.

Here: which file has which fate, and when each is delivered. Not here: defects of rows (`defects/`), writing
(`write.py`). Ends at the planned files.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import xlwt

from demo.defect import Effect, Kind
from demo.injection import HELD_SHARE, in_file_order
from demo.labels import Labels
from demo.rows import CLEAN, Rows, concat
from demo.streams import stream_of_feed
from expectations import outcome
from ingest.feed import Feed, feeds
from warehouse.vocabulary.period import Period, parse

Fate = Literal[
    "",
    "empty",
    "damaged",
    "encrypted",
    "picture",
    "no_table",
    "wrong_dataset",
    "column_missing",
    "two_columns",
    "too_many_defects",
    "missing",
    "twice",
    "corrected",
    "damaged_then_right",
    "late",
]

# Unit, dataset, month counted from the first (the last month where the world is shorter), fate.
_FATES: tuple[tuple[str, str, int, Fate], ...] = (
    ("COM", "subsidy_payment", 1, "empty"),
    ("CTS", "subsidy_payment", 1, "damaged"),
    ("STI", "subsidy_payment", 1, "encrypted"),
    ("MIB", "subsidy_payment", 1, "picture"),
    ("DRC", "institution_directory", 0, "no_table"),
    ("TUF", "subsidy_payment", 1, "wrong_dataset"),
    ("IIT", "subsidy_payment", 1, "column_missing"),
    ("VET", "subsidy_payment", 1, "two_columns"),
    ("HRSS", "attendance", 2, "too_many_defects"),
    ("CTS", "training_record", 0, "damaged_then_right"),
    ("HRSS", "training_record", 1, "corrected"),
    ("HCD", "certificate", 0, "corrected"),
    ("HRSS.440307", "training_record", 3, "corrected"),
    ("JUS", "aggregate_summary", 5, "missing"),
    ("DRC", "aggregate_summary", 1, "missing"),
    ("RRC", "subsidy_payment", 1, "missing"),
    ("EDU", "training_record", 0, "twice"),
    ("HEA", "certificate", 1, "twice"),
    ("HRSS.440305", "training_class", 1, "twice"),
    ("TUF", "competition", 0, "late"),
    ("DPF", "training_record", 1, "late"),
    ("STI", "training_class", 0, "late"),
    ("FIN", "aggregate_summary", 1, "late"),
    ("HRSS.SZ-SS", "training_record", 1, "late"),
    ("HRSS.SZ-DP", "certificate", 0, "late"),
    ("COM", "training_record", 4, "late"),
    ("MIB", "certificate", 6, "late"),
    ("RRC", "training_record", 8, "late"),
    ("SAC", "certificate", 7, "late"),
    ("TRA", "competition", 9, "late"),
)
FILE_RULES: dict[Fate, tuple[str, Effect]] = {
    "empty": ("FL004", "unreadable"),
    "damaged": ("FL002", "unreadable"),
    "encrypted": ("FL003", "unreadable"),
    "picture": ("FL001", "unreadable"),
    "no_table": ("FL005", "unreadable"),
    "wrong_dataset": ("FL007", "reject"),
    "column_missing": ("FL008", "reject"),
    "two_columns": ("FL009", "reject"),
    "too_many_defects": ("FL010", "reject"),
    "damaged_then_right": ("FL002", "unreadable"),
}
FILE_FIELDS: dict[Fate, str] = {"column_missing": "payee_id", "two_columns": "amount", "too_many_defects": "hours"}
"""The field that a file defect is about."""
_WITHOUT_ROWS = ("empty", "damaged", "encrypted", "picture", "no_table", "wrong_dataset", "missing")
_STUBBORN = ("row_twice", "rows_contradict", "session_on_holiday")
"""Defects that are more than another text in a cell: such rows leave a file that is rejected for something else."""
_CORRECTIONS = 5
_AFTER_THE_END = 15
_DAYS_LATE = (3, 10)
"""From and below: what is late of a month due on the 10th has come by the 20th."""
FateOf = dict[tuple[str, str, str], Fate]


@dataclass(frozen=True)
class Planned:
    """A file that is to be written. `version` 0 is the one that a later file of the same key replaces."""

    feed: Feed
    unit: str
    period: Period
    version: int
    fate: Fate
    delivered_at: dt.datetime
    is_current: bool

    @property
    def rows_key(self) -> tuple[str, str, int]:
        """Unit, period and version of the rows in it: a file sent twice holds the same rows both times."""
        return self.unit, str(self.period), 1 if self.fate == "twice" else self.version


def fates(months: list[str]) -> FateOf:
    """(unit, dataset, period) → what happens to that file."""
    return {(unit, name, months[min(place, len(months) - 1)]): fate for unit, name, place, fate in _FATES}


def apply(
    world: dict[str, Rows], names: list[str], fate_of: FateOf, labels: Labels, generator: np.random.Generator
) -> None:
    """Takes out rows that never arrive, holds those of rejected files, adds first versions of corrected ones."""
    for (unit, name, period), fate in fate_of.items():
        if name not in names:
            continue
        rows = world[name]
        mine = (rows.unit == unit) & (rows.period == period)
        if fate in _WITHOUT_ROWS:
            world[name] = rows.take(~mine)
        elif fate in FILE_RULES and FILE_RULES[fate][1] == "reject":
            stubborn = [labels.of(kind) for kind in labels.kinds if kind.name in _STUBBORN]
            world[name] = rows.take(~(mine & np.isin(rows.label, stubborn)))
            _reject(world[name], unit, period, fate, labels)
        elif fate == "corrected":
            world[name] = in_file_order(concat([rows, _first_version(rows.take(mine), name, labels, generator)]))


def _reject(rows: Rows, unit: str, period: str, fate: Fate, labels: Labels) -> None:
    """Holds the whole file; its rows have no other defect than the one that is too frequent."""
    mine = np.flatnonzero((rows.unit == unit) & (rows.period == period))
    rows.held[mine] = True
    for field, values in rows.sent.items():
        values[mine] = rows[field][mine]
    for raw in rows.raw.values():
        raw[mine] = None
    rows.label[mine] = CLEAN
    if fate == "too_many_defects":
        field = FILE_FIELDS[fate]
        # Of a small file one cause sends nothing back unless every row has it.
        is_small = len(mine) <= outcome.tolerance(period).small_rows
        bad = mine if is_small else mine[: len(mine) * 2 // 5]
        rows.sent_column(field)[bad] = np.nan
        labels.put(rows, bad, Kind(f"{field}_missing_often", rows.dataset, field, (f"AT.{field}.required",), "hold"))


def _first_version(rows: Rows, name: str, labels: Labels, generator: np.random.Generator) -> Rows:
    """The same rows with a few names forgotten, sent before the right file."""
    rows.version[:] = 0
    clean = np.flatnonzero(rows.label == CLEAN)
    for kind in list(labels.kinds):  # only what is current is compared with others
        codes = tuple(code for code in kind.rules if code[2:3] != "9")
        if codes != kind.rules:
            rows.label[rows.label == labels.of(kind)] = labels.of(replace(kind, rules=codes)) if codes else CLEAN
    room = int(len(rows) * HELD_SHARE) - int(rows.held.sum())
    forgotten = generator.permutation(clean)[: max(0, min(_CORRECTIONS, room))]
    rows.sent_column("person_name")[forgotten] = None
    rule = {"training_record": "TR", "certificate": "CT"}[name] + ".person_name.required"
    labels.put(rows, forgotten, Kind("person_name_required", name, "person_name", (rule,), "hold"))
    return rows


def plan(
    first: Period, last: Period, world: dict[str, Rows], fate_of: FateOf, generator: np.random.Generator
) -> list[Planned]:
    """Every file of every feed that owes something in the world, with the time of its delivery."""
    planned: list[Planned] = []
    for feed in feeds():
        draws = stream_of_feed(feed.department, feed.dataset, generator)
        for period in _owed(feed, first, last, world[feed.dataset]):
            due = _sent_by(feed, period, last)
            for unit in feed.units:
                fate: Fate = fate_of.get((unit, feed.dataset, str(period)), "")
                before = int(draws.integers(0, 6))
                minute = int(draws.integers(0, 540))
                if fate == "missing":
                    continue
                day = (
                    due + dt.timedelta(days=int(draws.integers(*_DAYS_LATE)))
                    if fate == "late"
                    else (due - dt.timedelta(days=before))
                )
                at = dt.datetime(day.year, day.month, day.day, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
                if fate in ("twice", "corrected", "damaged_then_right"):
                    planned.append(Planned(feed, unit, period, 0, fate, at - dt.timedelta(days=2), False))
                is_current = fate not in FILE_RULES or fate == "damaged_then_right"
                planned.append(Planned(feed, unit, period, 1, fate, at, is_current))
    return planned


def _sent_by(feed: Feed, period: Period, last: Period) -> dt.date:
    """The due day; what is due long after the world ends is sent when it ends, so that a short world is whole."""
    due = feed.due_date(period)
    return due if feed.cadence == "monthly" else min(due, last.end + dt.timedelta(days=_AFTER_THE_END))


def _owed(feed: Feed, first: Period, last: Period, rows: Rows) -> list[Period]:
    """The months of the world and the opening balance; of other cadences, and of what is optional, the periods that the
    world has."""
    if feed.cadence == "monthly" and not feed.is_optional:
        periods = [feed.first] if feed.first < first and feed.dataset == "aggregate_summary" else []
        while first <= last:
            periods.append(first)
            first = first.following
        return periods
    parsed = [parse(name) for name in np.unique(rows.period.astype(str)).tolist()]
    return [period for period in parsed if period is not None and feed.owes(period)]


def container() -> bytes:
    """An OLE2 container with a stream EncryptedPackage, as office programs write a workbook with a password."""
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("1")
    buffer = io.BytesIO()
    book.save(buffer)
    name = "EncryptedPackage"
    entry = "Workbook".encode("utf-16-le")
    place = buffer.getvalue().index(entry)
    content = bytearray(buffer.getvalue())
    content[place : place + 64] = name.encode("utf-16-le").ljust(64, b"\0")
    content[place + 64 : place + 66] = ((len(name) + 1) * 2).to_bytes(2, "little")
    return bytes(content)


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c489"
    "0000000d49444154789c63606060"
    "f80f0001040100"
    "5fe5c34b"
    "0000000049454e44ae426082"
)
