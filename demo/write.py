"""Writes the demo world: files into the inbox in two processes, the truth beside it. The only I/O of the demo.

Not here: what is in the files. Ends at the summary.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from demo import back_files, decisions, file_faults, formats, render, totals, truth, workbooks, world
from demo.defects import totals_defects
from demo.dialects import Dialect, dialect_of
from demo.file_faults import FILE_FIELDS, Planned
from demo.injection import in_file_order, inject, strike
from demo.labels import Labels
from demo.rows import Rows, concat
from demo.senders import department_of
from demo.streams import apart
from ingest.feed import Feed, find
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import dataset
from warehouse.vocabulary.period import Period, between

UNRECOGNISED = "CAB/关于报送材料的说明.txt"
_UNRECOGNISED_TEXT = "各位同事:附件请见另函,本月材料另行报送。\n"
_UNRECOGNISED_AT = dt.datetime(2025, 12, 5, 2, tzinfo=dt.UTC)
_COST = {"json": 1.0, "csv": 1.0, "tsv": 1.0, "xlsx": 7.0, "xls": 12.0}
_WORKERS = 2
_FOREIGN_ROWS = 40
Bounds = dict[tuple[str, str, int], slice]


@dataclass(frozen=True)
class Summary:
    """What was written; `defects` counts what a check must find, `kinds` how many kinds of it there are."""

    files: int
    rows: int
    defects: int
    kinds: int


@dataclass(frozen=True)
class _Share:
    """One feed's files and rows: what a worker writes."""

    feed: Feed
    files: tuple[tuple[Planned, str], ...]
    rows: Rows
    foreign: Rows
    """Rows of another dataset of the same department, for a file that holds the wrong one."""

    @property
    def cost(self) -> float:
        return (len(self.rows) + 40 * len(self.files)) * _COST[dialect_of(self.feed.department).format]


def write(root: Root, first: Period, last: Period, scale: float = 1.0, seed: int = 7) -> Summary:
    """Writes `root.inbox/<DEPARTMENT>/[<district>/]<file>` and `root.truth/*.parquet` for the months first … last, in
    a root that is marked as a demo's.

    An earlier demo's files in the same root are replaced; other files are left alone. The same arguments give the
    same bytes and the same modification times.
    """
    demo_mark.refuse_real(root)
    _clear(root)
    months = list(between(first, last))
    built, labels, planned, fate_of = _rows_and_files(first, last, months, scale, seed)
    _number(built)
    bounds = {name: _bounds(rows) for name, rows in built.items()}
    named = _names(planned)
    demo_mark.mark(root, {path: plan.delivered_at for plan, path in named} | {UNRECOGNISED: _UNRECOGNISED_AT})
    shares = _shares(built, named)
    # New interpreters, not forks: a fork of a process with threads (DuckDB's, gRPC's) may die of what they held.
    # Sending all rows over costs 2 s of processor time at full size.
    with ProcessPoolExecutor(_WORKERS, multiprocessing.get_context("spawn")) as workers:
        written = workers.map(_write_feed, shares, repeat(root.inbox))
        summary = _write_truth(root.truth, built, bounds, named, labels, fate_of)
        _put(root.inbox / UNRECOGNISED, _UNRECOGNISED_TEXT.encode(), _UNRECOGNISED_AT)
        list(written)  # raises what a worker raised
    decisions.record(root, built, first)
    return summary


def _rows_and_files(
    first: Period,
    last: Period,
    months: list[Period],
    scale: float,
    seed: int,
) -> tuple[dict[str, Rows], Labels, list[Planned], file_faults.FateOf]:
    generators = [np.random.default_rng(child) for child in np.random.SeedSequence([seed, 1]).spawn(4)]
    names = [str(month) for month in months]
    built, labels = inject(world.build(first, last, scale, seed), names, generators[0])
    fate_of = file_faults.fates(names)
    file_faults.apply(built, list(built), fate_of, labels, generators[1])
    sums = in_file_order(totals.total_rows(built, months, scale, generators[2]))
    strike(sums, totals_defects(), labels, generators[2], frozenset())
    built["aggregate_summary"] = sums
    file_faults.apply(built, ["aggregate_summary"], fate_of, labels, generators[1])
    planned = file_faults.plan(first, last, built, fate_of, generators[3])
    begin = back_files.begin(first)
    if begin is not None:
        sent = back_files.back_files(built, world.cast(scale, seed), scale, apart("back_files", generators[2]))
        built |= {name: in_file_order(concat([built[name], rows])) for name, rows in sent.items()}
        planned += back_files.planned(sent, begin)
    return built, labels, planned, fate_of


def _clear(root: Root) -> None:
    """Takes away what an earlier demo wrote, by its own list."""
    root.make()
    listed = root.truth / "files.parquet"
    if listed.is_file():
        for name in pq.read_table(listed, columns=["file"])["file"].to_pylist():
            if name:
                (root.inbox / name).unlink(missing_ok=True)
    for old in root.truth.glob("*.parquet"):
        old.unlink()


def _bounds(rows: Rows) -> Bounds:
    """(unit, period, version) → where that file's rows stand."""
    keys = list(zip(rows.unit.tolist(), rows.period.tolist(), rows.version.tolist(), strict=True))
    starts = [place for place, key in enumerate(keys) if place == 0 or keys[place - 1] != key]
    return {keys[start]: slice(start, stop) for start, stop in zip(starts, [*starts[1:], len(keys)], strict=bool(keys))}


def _number(built: dict[str, Rows]) -> None:
    """序号 1, 2, … in every file of the departments that send it."""
    for rows in built.values():
        if "source_row_no" not in rows.columns:
            continue
        for (unit, _, _), part in _bounds(rows).items():
            if dialect_of(unit.partition(".")[0]).numbered:
                rows.columns["source_row_no"][part] = np.arange(1.0, part.stop - part.start + 1)
                rows.sent.pop("source_row_no", None)


def _names(planned: list[Planned]) -> list[tuple[Planned, str]]:
    """Each file with its path below the inbox; a second file of the same key says so in its name."""
    named = []
    second = {"twice": "(1)", "corrected": "(更正)", "damaged_then_right": "(重报)"}
    for plan in planned:
        dialect = dialect_of(plan.feed.department)
        department, _, district = plan.unit.partition(".")
        stem = render.file_name(plan.feed, plan.period, dialect) + (second.get(plan.fate, "") if plan.version else "")
        named.append((plan, "/".join(filter(None, (department, district, f"{stem}.{formats.ending(dialect)}")))))
    return named


def _shares(built: dict[str, Rows], named: list[tuple[Planned, str]]) -> list[_Share]:
    """Feeds with their files, the dearest first."""
    of_feed: dict[tuple[str, str], list[tuple[Planned, str]]] = defaultdict(list)
    for plan, path in named:
        of_feed[plan.feed.department, plan.feed.dataset].append((plan, path))
    shares = []
    departments = {name: department_of(rows.unit) for name, rows in built.items()}
    for (department, name), files in of_feed.items():
        mine = built[name].take(departments[name] == department)
        shares.append(_Share(files[0][0].feed, tuple(files), mine, _foreign_rows(built, department)))
    return sorted(shares, key=lambda share: -share.cost)


def _foreign_rows(built: dict[str, Rows], department: str) -> Rows:
    """What a department's file of the wrong dataset holds: the beginning of its class list."""
    classes = built["training_class"]
    return classes.take(np.flatnonzero(classes.unit == department)[:_FOREIGN_ROWS])


def _write_feed(share: _Share, inbox: Path) -> None:
    """All files of one feed: rendered once, then cut into files."""
    feed, dialect = share.feed, dialect_of(share.feed.department)
    columns = render.columns(share.rows, feed, dialect)
    bounds = _bounds(share.rows)
    for plan, path in share.files:
        part = bounds.get(plan.rows_key, slice(0, 0))
        size = part.stop - part.start
        mine = [render.Column(column.header, column.field, column.cells[part]) for column in columns]
        _put(inbox / path, _content(plan, mine, size, dialect, share), plan.delivered_at)


def _content(plan: Planned, columns: list[render.Column], size: int, dialect: Dialect, share: _Share) -> bytes:
    title = f"{reference.codes('department')[plan.feed.department]}{dataset(plan.feed.dataset).title}"
    unit = f"填报单位:{reference.codes('department')[plan.feed.department]}    报告期:{plan.period.title}"

    def written(shown: list[render.Column], length: int) -> bytes:
        return formats.to_bytes(shown, length, dialect, title, unit)

    fate = "damaged" if plan.fate == "damaged_then_right" and plan.version == 0 else plan.fate
    if fate == "empty":
        return b""
    if fate == "damaged":
        whole = written(columns, size)
        return whole[: len(whole) * 2 // 3]
    if fate == "encrypted":
        return file_faults.container()
    if fate == "picture":
        return file_faults.PICTURE
    if fate == "no_table":
        return written([render.Column("本月无变化,详见上月报送材料。", None, [])], 0)
    if fate == "wrong_dataset":
        foreign_feed = find(plan.feed.department, share.foreign.dataset)
        return written(render.columns(share.foreign, foreign_feed, dialect), len(share.foreign))
    if fate == "column_missing":
        return written([column for column in columns if column.field != FILE_FIELDS[fate]], size)
    if fate == "two_columns":
        field = dataset(plan.feed.dataset).field(FILE_FIELDS[fate])
        double = next(column for column in columns if column.field == field.name)
        other = next(text for text in (field.title, *field.synonyms) if text != double.header)
        return written([*columns, render.Column(other, field.name, double.cells)], size)
    if size == 0 and dialect.format != "json":
        said = [formats.NOTHING, *[None] * (len(columns) - 1)]
        return written(
            [render.Column(column.header, column.field, [cell]) for column, cell in zip(columns, said, strict=True)], 1
        )
    return written(columns, size)


def _put(path: Path, content: bytes, at: dt.datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))


def _write_truth(
    folder: Path,
    built: dict[str, Rows],
    bounds: dict[str, Bounds],
    named: list[tuple[Planned, str]],
    labels: Labels,
    fate_of: file_faults.FateOf,
) -> Summary:
    files: list[tuple[Planned, str, int, int]] = []
    placed: dict[str, list[tuple[Planned, str, slice, int, str | None]]] = defaultdict(list)
    for plan, path in named:
        dialect = dialect_of(plan.feed.department)
        rows = built[plan.feed.dataset]
        part = bounds[plan.feed.dataset].get(plan.rows_key, slice(0, 0))
        placed[plan.feed.dataset].append((plan, path, part, formats.first_row(dialect), formats.sheet(dialect)))
        size = len(_foreign_rows(built, plan.unit)) if plan.fate == "wrong_dataset" else part.stop - part.start
        files.append((plan, path, size, int(rows.held[part].sum())))
    located = {name: truth.Located(built[name], parts) for name, parts in placed.items()}
    for name, place in located.items():
        truth.store(truth.rows_table(place), folder / f"rows_{name}.parquet")
    defects = truth.defects_table(located.values(), labels.kinds, [(plan, path) for plan, path, _, _ in files])
    truth.store(defects, folder / "defects.parquet")
    missing = [key for key, fate in fate_of.items() if fate == "missing"]
    truth.store(truth.files_table(files, UNRECOGNISED, missing, _UNRECOGNISED_AT), folder / "files.parquet")
    truth.store(truth.identifiers_table(built, workbooks.PREPARER), folder / "identifiers.parquet")
    checked = [
        kind for kind, rules in zip(defects["kind"].to_pylist(), defects["rules"].to_pylist(), strict=True) if rules
    ]
    return Summary(len(files) + 1, sum(size for _, _, size, _ in files), len(checked), len(set(checked)))
