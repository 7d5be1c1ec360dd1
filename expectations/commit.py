"""Stores decisions: held rows first, the decision's folder last, each by one rename, all on the disk at the end.

What is decided is `check`'s; the line by which a folder counts is `warehouse.store.decision_log`'s. Ends at files under
`held/` and `decided/`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.check import Checked
from warehouse.store import decision_log, durable
from warehouse.store.data_root import HELD_ROWS, Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Decision
from warehouse.vocabulary.tables import accepted_schema

_THREADS = 4
"""Making a file waits for the disk more than for a core."""
NONE = "_none@0"
"""The folder with a typed empty table, so that the glob over a dataset's decisions always finds one."""


def lay_empty(root: Root) -> None:
    """Lays the typed empty accepted table of every dataset, anew where the contract has changed."""
    for dataset in contract.datasets():
        file = root.decided / dataset.name / NONE / "accepted.parquet"
        content = _parquet(accepted_schema(dataset).empty_table())
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            durable.replace(file, content)


def commit(root: Root, scratch: Path, checked: Checked, now: dt.datetime) -> list[Decision]:
    """Stores every decision that does not stand yet, and tells when it was made; gives the decisions with the
    checksums of their files.

    Args:
        scratch: a folder on the root's disk that may hold identifiers while the run lasts; files are made there.
        now: aware.
    """
    if checked.accepted is None:
        raise ValueError("What was checked without a key is not stored.")
    findings, accepted, held = (_Slices(table) for table in (checked.findings, checked.accepted, checked.held))
    workshop = scratch / "commit" / checked.dataset.name
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = list(
            pool.map(lambda decision: _make(workshop, decision, findings, accepted, held), checked.decisions)
        )
    told = decision_log.told(root)
    new = [
        (decision, folder)
        for decision, folder in waiting
        if decision.folder_name not in told or not root.decision_folder(decision).is_dir()
    ]
    durable.sync(path for _, folder in new for path in [folder, *folder.iterdir()])
    places = [place for decision, folder in new for place in _place(root, decision, folder)]
    durable.sync(places)
    decision_log.add(root, [decision for decision, _ in new], now)
    shutil.rmtree(workshop, ignore_errors=True)
    return [decision for decision, _ in waiting]


def _make(
    workshop: Path, decision: Decision, findings: _Slices, accepted: _Slices, held: _Slices
) -> tuple[Decision, Path]:
    """The decision with the checksums of its files, and the folder where they wait for their place."""
    name = decision.submission_id
    files = {"findings.parquet": findings.parquet(name), "accepted.parquet": accepted.parquet(name)}
    if decision.rows.held:
        files[HELD_ROWS] = held.parquet(name)
    decision = dataclasses.replace(
        decision, checksums={file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}
    )
    folder = workshop / decision.folder_name
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        durable.write(folder / file, content)
    durable.write(folder / "decision.json", decision.to_json().encode())
    return decision, folder


def _place(root: Root, decision: Decision, folder: Path) -> list[Path]:
    """Moves a decision to where it stands; the folders to be synced. What a kill left there without its line goes."""
    parents = []
    if decision.rows.held:
        parents.append(durable.move(folder / HELD_ROWS, root.held_file(decision)))
    place = root.decision_folder(decision)
    shutil.rmtree(place, ignore_errors=True)
    return [*parents, durable.move(folder, place), place, root.held, root.decided]


class _Slices:
    """A table ordered by submission_id, cut by submission."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table.combine_chunks()
        self._range = dict(_ranges(self._table))
        self._empty = _parquet(table.schema.empty_table())

    def parquet(self, submission_id: str) -> bytes:
        place = self._range.get(submission_id)
        return _parquet(self._table.slice(*place)) if place else self._empty


def _ranges(table: pa.Table) -> Iterator[tuple[str, tuple[int, int]]]:
    """submission_id → offset and length."""
    counted = table["submission_id"].value_counts().to_pylist()
    offset = 0
    for entry in counted:
        yield entry["values"], (offset, entry["counts"])
        offset += entry["counts"]


def _parquet(table: pa.Table) -> bytes:
    """The same bytes for the same rows: fixed settings, one thread, no metadata of the machine."""
    is_large = table.num_rows > _SMALL
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata(None),
        sink,
        compression="zstd" if is_large else "snappy",
        store_schema=False,
        use_dictionary=is_large,
        write_statistics=is_large,
    )
    return bytes(sink.getvalue())


_SMALL = 1000
"""Rows below which strong compression, dictionaries and statistics cost more than they give."""
