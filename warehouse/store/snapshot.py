"""What stands, laid out to be read: one Parquet file for each dataset and period, and the snapshots that name them.

A part is content-addressed and never overwritten: `current/<dataset>/<period>/<digest>.parquet` holds the accepted rows
of what stands, of all units, in the order of their key. `snapshots/<n>.json` names the parts of all datasets and how
far the logs went; its rename is the second commit point, after the decisions' line. A build pins one: its parts are
linked into `work/pinned/`, where dbt and the checks across submissions read them. What is lost or damaged is made anew
from `decided/`. Which submission stands is `standing`; ends at files.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.store import durable, integrity, log, parquet
from warehouse.store.data_root import ACCEPTED_ROWS, Root
from warehouse.store.integrity import Damaged
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import contract, privacy
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.tables import standing_schema, stored_schema, stored_sql

NONE = "none.parquet"
"""The typed empty table of a dataset, so that a glob over its parts always finds one; Spark passes over a name that
begins with an underscore."""
_ROWS_AT_ONCE = 250_000
"""Rows that are ordered and written together: about 150 MB."""
_AT_ONCE = 2
"""Batches, each on a core of its own; more would not fit into the memory that a run is given."""
_DIGITS = 16

Rows = Collection[tuple[str, int]]
"""submission_id and row_index."""


@dataclass(frozen=True)
class Part:
    """The rows of one dataset and period. `digest`: of its bytes; `basis`: of what it is made from."""

    digest: str
    rows: int
    basis: str
    sha256: str


Parts = Mapping[str, Mapping[str, Part]]
"""Dataset → period → part."""


@dataclass(frozen=True)
class Snapshot:
    """What stood when the logs went so far (`log.known`)."""

    number: int
    logs: Mapping[str, Any]
    parts: Parts


def parts_digest(parts: Parts) -> str:
    """The same for the same rows, however often snapshots were taken."""
    told = sorted((dataset, period, part.digest) for dataset, period, part in _each(parts))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:_DIGITS]


def take(root: Root, statuses: Iterable[SubmissionStatus], key: Key) -> Snapshot:
    """Lays what stands and names it; the newest snapshot where nothing changed since. The caller holds the intake
    lock.

    Args:
        key: that of the root's tokens, for rows of an earlier program that stored a code which is a token now.
    """
    before = newest(root)
    logs = log.known(root)
    parts = _laid(root, key, _wanted(statuses, ()), _whole(root, before))
    if before is not None and (before.parts, before.logs) == (parts, logs):
        return before
    numbers = [int(path.stem) for path in _files(root)]
    snapshot = Snapshot(max(numbers, default=0) + 1, logs, parts)
    _write(root, snapshot)
    _collect(root, snapshot)
    return snapshot


def newest(root: Root) -> Snapshot | None:
    """The last one that is whole; none where there is none."""
    for path in sorted(_files(root), key=lambda path: -int(path.stem)):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return _read(path)
    return None


def pin(root: Root, key: Key, snapshot: Snapshot, statuses: Iterable[SubmissionStatus], left_out: Rows = ()) -> Parts:
    """Links what a build reads into `work/pinned/`, and gives its parts.

    Args:
        key: as in `take`.
        statuses: with what this build holds back; then other submissions than in the snapshot may stand.
        left_out: rows that this build holds back.
    """
    wanted = _wanted(statuses, left_out)
    whole = _whole(root, snapshot)
    pinned: dict[str, dict[str, Part]] = {}
    for dataset in contract.datasets():
        folder = root.pinned / dataset.name
        folder.mkdir(parents=True, exist_ok=True)
        kept, others = _sorted_out(dataset, wanted.get(dataset.name, {}), whole.get(dataset.name, {}))
        for period, part in kept.items():
            _link(_part_file(root, dataset.name, period, part), folder / _pinned_name(period, part))
        for _, period, part, content in _made(root, key, {dataset.name: others}):
            _replace(folder / _pinned_name(period, part), content)
            kept[period] = part
        _clear(folder, {NONE, *(_pinned_name(period, part) for period, part in kept.items())})
        _replace(folder / NONE, parquet.content(standing_schema(dataset).empty_table()))
        if kept:
            pinned[dataset.name] = dict(sorted(kept.items()))
    _replace(_pin_file(root), json.dumps({"number": snapshot.number, "rows": parts_digest(pinned)}).encode())
    return pinned


def pinned(root: Root) -> dict[str, Any] | None:
    """Which snapshot the build reads, by its number, and the digest of its rows without what is held back."""
    path = _pin_file(root)
    return dict(json.loads(path.read_bytes())) if path.is_file() else None


def pinned_files(root: Root, dataset: str) -> list[Path]:
    """The files of a dataset that the build reads, the typed empty one first."""
    folder = root.pinned / dataset
    return [folder / NONE, *sorted(path for path in folder.glob("*.parquet") if path.name != NONE)]


def pinned_file(root: Root, dataset: str, period: str, part: Part) -> Path:
    """Where a part lies that a build reads."""
    return root.pinned / dataset / _pinned_name(period, part)


def accepted_files(root: Root, statuses: Iterable[SubmissionStatus], dataset: str) -> list[Path]:
    """Files that hold the accepted rows of what stands of a dataset: of a period the part of the newest snapshot, where
    it is made from just these submissions, else their own. Whoever reads them without the intake lock may find a part
    gone, because another snapshot was taken."""
    before = newest(root)
    known = {dataset: before.parts.get(dataset, {})} if before else {}
    wanted = _wanted((status for status in statuses if status.decision.submission.dataset == dataset), ())
    kept, others = _sorted_out(
        contract.dataset(dataset), wanted.get(dataset, {}), _whole_parts(root, known).get(dataset, {})
    )
    parts = [_part_file(root, dataset, period, part) for period, part in kept.items()]
    return parts + [root.decided / dataset / source.file for sources in others.values() for source in sources]


@dataclass(frozen=True)
class _Source:
    """The accepted rows of one submission, and which of them are left out."""

    submission_id: str
    file: str
    sha256: str
    delivery_order: int
    rows: int
    left_out: tuple[int, ...]


_Wanted = Mapping[str, Mapping[str, Sequence[_Source]]]


def _wanted(statuses: Iterable[SubmissionStatus], left_out: Rows) -> _Wanted:
    """Dataset → period → what stands with rows, in a fixed order."""
    held: dict[str, list[int]] = {}
    for submission_id, row_index in sorted(left_out):
        held.setdefault(submission_id, []).append(row_index)
    wanted: dict[str, dict[str, list[_Source]]] = {}
    for status in sorted(statuses, key=lambda status: status.decision.submission_id):
        decision = status.decision
        if status.stands and decision.rows.accepted:
            submission = decision.submission
            source = _Source(
                decision.submission_id,
                f"{decision.folder_name}/{ACCEPTED_ROWS}",
                decision.checksums[ACCEPTED_ROWS],
                status.delivery_order,
                decision.rows.accepted,
                tuple(held.get(decision.submission_id, ())),
            )
            wanted.setdefault(submission.dataset, {}).setdefault(submission.period, []).append(source)
    return wanted


def _basis(dataset: Dataset, sources: Sequence[_Source]) -> str:
    """Where it is the same, a part made from it is."""
    told = [[source.submission_id, source.sha256, source.delivery_order, *source.left_out] for source in sources]
    schema = [f"{column.name} {column.type}" for column in standing_schema(dataset)]
    return hashlib.sha256(json.dumps([told, schema, stored_sql(dataset), _order(dataset)]).encode()).hexdigest()[
        :_DIGITS
    ]


def _order(dataset: Dataset) -> list[str]:
    """The natural key, then what tells apart rows that share one."""
    keys = [dataset.field(name).token or name for name in dataset.key]
    return ["unit_code", *(name for name in keys if name != "unit_code"), "submission_id", "row_index"]


def _sorted_out(
    dataset: Dataset, wanted: Mapping[str, Sequence[_Source]], known: Mapping[str, Part]
) -> tuple[dict[str, Part], dict[str, Sequence[_Source]]]:
    """The periods whose known part is what is wanted, and those that are to be made."""
    kept: dict[str, Part] = {}
    others: dict[str, Sequence[_Source]] = {}
    for period, sources in wanted.items():
        part = known.get(period)
        if part is not None and part.basis == _basis(dataset, sources):
            kept[period] = part
        else:
            others[period] = sources
    return kept, others


def _whole(root: Root, snapshot: Snapshot | None) -> Parts:
    """The parts of a snapshot whose files are what it says."""
    return _whole_parts(root, snapshot.parts) if snapshot else {}


def _whole_parts(root: Root, parts: Parts) -> Parts:
    files = {_part_file(root, *part): part for part in _each(parts)}
    told = [integrity.Part(path, part.sha256) for path, (_, _, part) in files.items()]
    damaged = {broken.path for broken in integrity.damaged(root, told)}
    whole: dict[str, dict[str, Part]] = {}
    for path, (name, period, part) in files.items():
        if path not in damaged:
            whole.setdefault(name, {})[period] = part
    return whole


def _laid(root: Root, key: Key, wanted: _Wanted, known: Parts) -> Parts:
    """All parts, those that are not known written first."""
    laid: dict[str, dict[str, Part]] = {}
    lacking: dict[str, Mapping[str, Sequence[_Source]]] = {}
    for name, by_period in sorted(wanted.items()):
        laid[name], lacking[name] = _sorted_out(contract.dataset(name), by_period, known.get(name, {}))
    written: set[Path] = set()
    for name, period, part, content in _made(root, key, lacking):
        path = _part_file(root, name, period, part)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
        written |= {path, path.parent, path.parent.parent, root.snapshot_parts}
        laid[name][period] = part
    durable.sync(written)
    return {name: dict(sorted(parts.items())) for name, parts in laid.items()}


def _made(root: Root, key: Key, wanted: _Wanted) -> Iterator[tuple[str, str, Part, bytes]]:
    """Parts of datasets and periods, from the accepted rows of their submissions; two batches at once."""
    batches = [(name, batch) for name, by_period in wanted.items() for batch in _batches(by_period)]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for parts in threads.map(lambda batch: _made_together(root, key, *batch), batches):
            yield from parts


def _made_together(
    root: Root, key: Key, name: str, wanted: Mapping[str, Sequence[_Source]]
) -> list[tuple[str, str, Part, bytes]]:
    """The parts of some periods of a dataset, read together."""
    dataset = contract.dataset(name)
    empty = standing_schema(dataset).empty_table()
    rows = _rows(root, key, dataset, [source for sources in wanted.values() for source in sources])
    parts = []
    for period, sources in wanted.items():
        table = rows.get(period, empty)
        content = parquet.content(table)
        sha256 = hashlib.sha256(content).hexdigest()
        part = Part(sha256[:_DIGITS], table.num_rows, _basis(dataset, sources), sha256)
        parts.append((name, period, part, content))
    return parts


def _batches(wanted: Mapping[str, Sequence[_Source]]) -> Iterator[dict[str, Sequence[_Source]]]:
    """Periods that are read together."""
    batch: dict[str, Sequence[_Source]] = {}
    rows = 0
    for period, sources in wanted.items():
        count = sum(source.rows for source in sources)
        if batch and rows + count > _ROWS_AT_ONCE:
            yield batch
            batch, rows = {}, 0
        batch[period] = sources
        rows += count
    if batch:
        yield batch


def _rows(root: Root, key: Key, dataset: Dataset, sources: Sequence[_Source]) -> dict[str, pa.Table]:
    """Period → its rows in order."""
    schema = standing_schema(dataset)
    orders = {
        "submission_id": pa.array([source.submission_id for source in sources], pa.string()),
        "delivery_order": pa.array([source.delivery_order for source in sources], pa.int64()),
    }
    held = [(source.submission_id, row_index) for source in sources for row_index in source.left_out]
    columns = ", ".join(f"{sql} as {name}" for name, sql in stored_sql(dataset).items())
    with duckdb.connect(config={"threads": 1}) as con:
        privacy.install(con, key)
        con.register("typed", stored_schema(dataset).empty_table())
        con.register("orders", pa.table(orders))
        con.register(
            "held",
            pa.table(
                {
                    "submission_id": pa.array([name for name, _ in held], pa.string()),
                    "row_index": pa.array([row_index for _, row_index in held], pa.int64()),
                }
            ),
        )
        try:
            table = (
                con.execute(
                    f"""
                    select source_rows.*, orders.delivery_order
                    from (
                        select {columns}
                        from (from typed union all by name from read_parquet($files, union_by_name = true))
                    ) as source_rows
                    inner join orders using (submission_id)
                    anti join held
                        on source_rows.submission_id = held.submission_id and source_rows.row_index = held.row_index
                    order by source_rows.period, {", ".join(f"source_rows.{name}" for name in _order(dataset))}
                    """,
                    {"files": [str(root.decided / dataset.name / source.file) for source in sources]},
                )
                .to_arrow_table()
                .cast(schema)
            )
        except duckdb.IOException:
            raise Damaged(
                f"Accepted rows under {root.decided / dataset.name} are gone or damaged: call skills run, which "
                "decides their submissions again."
            ) from None
    return dict(_by_period(table))


def _by_period(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The table is ordered by period."""
    offset = 0
    for counted in table["period"].combine_chunks().value_counts().to_pylist() if table.num_rows else ():
        yield counted["values"], table.slice(offset, counted["counts"])
        offset += counted["counts"]


def _each(parts: Parts) -> Iterator[tuple[str, str, Part]]:
    for name, by_period in parts.items():
        for period, part in by_period.items():
            yield name, period, part


def _files(root: Root) -> list[Path]:
    return [path for path in root.snapshots.glob("*.json") if path.stem.isdigit()]


def _pin_file(root: Root) -> Path:
    return root.pinned / "snapshot.json"


def _part_file(root: Root, dataset: str, period: str, part: Part) -> Path:
    return root.snapshot_parts / dataset / period / f"{part.digest}.parquet"


def _pinned_name(period: str, part: Part) -> str:
    return f"{period}~{part.digest}.parquet"


def _read(path: Path) -> Snapshot:
    """`ValueError` where it is not what was written."""
    told = json.loads(path.read_bytes())
    facts = told["snapshot"]
    if _checksum(facts) != told["sha256"]:
        raise ValueError(f"{path} is damaged.")
    parts = {
        dataset: {period: Part(**part) for period, part in by_period.items()}
        for dataset, by_period in facts["parts"].items()
    }
    return Snapshot(facts["number"], facts["logs"], parts)


def _write(root: Root, snapshot: Snapshot) -> None:
    facts = dataclasses.asdict(snapshot)
    root.snapshots.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"snapshot": facts, "sha256": _checksum(facts)}, indent=1, sort_keys=True)
    durable.replace(root.snapshots / f"{snapshot.number}.json", content.encode(), 0o644)


def _checksum(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _collect(root: Root, snapshot: Snapshot) -> None:
    """Drops the snapshots before, and the parts that are no longer named. What a build has pinned is linked there."""
    named = {_part_file(root, *part) for part in _each(snapshot.parts)}
    for path in _files(root):
        if int(path.stem) != snapshot.number:
            path.unlink(missing_ok=True)
    for path in root.snapshot_parts.glob("*/*/*.parquet"):
        if path not in named:
            path.unlink(missing_ok=True)
    for folder in root.snapshot_parts.glob("*/*"):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _clear(folder: Path, kept: Collection[str]) -> None:
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()


def _link(part: Path, place: Path) -> None:
    """A hard link, or a copy where the file system has none."""
    if place.exists() and place.samefile(part):
        return
    staged = place.with_name(f".{place.name}")
    staged.unlink(missing_ok=True)
    try:
        os.link(part, staged)
    except OSError:
        shutil.copyfile(part, staged)
    staged.replace(place)


def _replace(path: Path, content: bytes) -> None:
    """In one move: what stands under the name is never half of it."""
    staged = path.with_name(f".{path.name}")
    durable.write(staged, content, 0o644)
    staged.replace(path)
