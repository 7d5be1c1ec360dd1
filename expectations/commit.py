"""Stores decisions: held rows first, the decision's folder last, each by one rename.

What is decided is `check`'s, when it was decided `warehouse.store.decision_log`'s. Ends at files under `held/` and
`decided/`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.check import Checked
from warehouse.store.data_root import Root
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
            part = file.with_suffix(".part")
            part.write_bytes(content)
            part.replace(file)


def commit(root: Root, scratch: Path, checked: Checked) -> list[Decision]:
    """Stores every decision that does not stand yet; gives the decisions with the checksums of their files.

    Args:
        scratch: a folder on the root's disk that may hold identifiers while the run lasts; files are made there.
    """
    if checked.accepted is None:
        raise ValueError("What was checked without a key is not stored.")
    findings, accepted, held = (_Slices(table) for table in (checked.findings, checked.accepted, checked.held))
    workshop = scratch / "commit" / checked.dataset.name
    with ThreadPoolExecutor(_THREADS) as pool:
        stored = list(
            pool.map(lambda decision: _store(root, workshop, decision, findings, accepted, held), checked.decisions)
        )
    shutil.rmtree(workshop, ignore_errors=True)
    return stored


def _store(
    root: Root, workshop: Path, decision: Decision, findings: _Slices, accepted: _Slices, held: _Slices
) -> Decision:
    name = decision.submission_id
    files = {"findings.parquet": findings.parquet(name), "accepted.parquet": accepted.parquet(name)}
    if decision.rows.held:
        files["held.parquet"] = held.parquet(name)
    decision = dataclasses.replace(
        decision, checksums={file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}
    )
    folder = root.decision_folder(decision)
    if folder.is_dir():
        return decision
    staged = workshop / decision.folder_name
    staged.mkdir(parents=True, exist_ok=True)
    if decision.rows.held:
        waiting = workshop / f"{decision.folder_name}.held"
        waiting.write_bytes(files.pop("held.parquet"))
        _move(waiting, root.held_file(decision))
    for file, content in files.items():
        (staged / file).write_bytes(content)
    (staged / "decision.json").write_text(decision.to_json(), "utf-8")
    _move(staged, folder)
    return decision


def _move(staged: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(place)


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
