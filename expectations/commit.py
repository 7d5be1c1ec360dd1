"""Stores decisions: held rows first, the decision's folder last, each by one rename, all on the disk at the end.

What is decided is `check`'s; the line by which a folder counts is `warehouse.store.decision_log`'s. Ends at files under
`held/` and `decided/`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from expectations.check import Checked
from warehouse.store import decision_log, durable, parquet
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
        empty = parquet.content(accepted_schema(dataset).empty_table())
        if not file.is_file() or file.read_bytes() != empty:
            file.parent.mkdir(parents=True, exist_ok=True)
            durable.replace(file, empty)


@dataclass(frozen=True)
class Staged:
    """A decision with the checksums of its files, and the folder where they wait for their place."""

    decision: Decision
    folder: Path


def commit(root: Root, scratch: Path, checked: Checked, now: dt.datetime) -> list[Decision]:
    """Stages and commits; gives the decisions with the checksums of their files.

    Args:
        scratch: a folder on the root's disk that may hold identifiers while the run lasts; files are made there.
        now: aware.
    """
    workshop = scratch / "commit" / checked.dataset.name
    staged = stage(workshop, checked)
    commit_staged(root, staged, now)
    shutil.rmtree(workshop, ignore_errors=True)
    return [waiting.decision for waiting in staged]


def stage(place: Path, checked: Checked) -> list[Staged]:
    """Writes every decision into a folder of its own under `place`, its held rows beside it."""
    if checked.accepted is None:
        raise ValueError("What was checked without a key is not stored.")
    findings, accepted, held = (_Slices(table) for table in (checked.findings, checked.accepted, checked.held))
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda decision: _make(place, decision, findings, accepted, held), checked.decisions))


def hand_over(root: Root, staged: Sequence[Staged]) -> None:
    """Moves staged decisions to where the committer looks for them, each whole and on the disk; from any process.

    What another process handed over stays: of the same submission under the same rules it is the same.
    """
    durable.sync(path for waiting in staged for path in [waiting.folder, *waiting.folder.iterdir()])
    for waiting in staged:
        place = root.staged / waiting.decision.submission.dataset / waiting.folder.name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            waiting.folder.rename(place)
        except OSError:
            if not place.is_dir():
                raise


def handed_over(root: Root, dataset: str) -> list[Staged]:
    """What other processes decided and nobody committed yet; what is not whole is left out, to be decided again."""
    folders = sorted((root.staged / dataset).glob("*@*"))
    return [staged for folder in folders if (staged := _whole(folder))]


def _whole(folder: Path) -> Staged | None:
    try:
        decision = Decision.from_json((folder / "decision.json").read_text("utf-8"))
        digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in decision.checksums}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Staged(decision, folder) if digests == decision.checksums else None


def commit_staged(root: Root, staged: Sequence[Staged], now: dt.datetime) -> None:
    """Moves to its place every decision that does not stand yet, and tells in their order when they were made. By one
    process at a time, which holds the lock of deciding."""
    told = decision_log.told(root)
    new = [
        waiting
        for waiting in staged
        if waiting.decision.folder_name not in told or not root.decision_folder(waiting.decision).is_dir()
    ]
    durable.sync(path for waiting in new for path in [waiting.folder, *waiting.folder.iterdir()])
    places = [place for waiting in new for place in _place(root, waiting.decision, waiting.folder)]
    durable.sync(places)
    decision_log.add(root, [waiting.decision for waiting in new], now)


def _make(workshop: Path, decision: Decision, findings: _Slices, accepted: _Slices, held: _Slices) -> Staged:
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
    return Staged(decision, folder)


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
        self._empty = parquet.content(table.schema.empty_table())

    def parquet(self, submission_id: str) -> bytes:
        place = self._range.get(submission_id)
        return parquet.content(self._table.slice(*place)) if place else self._empty


def _ranges(table: pa.Table) -> Iterator[tuple[str, tuple[int, int]]]:
    """submission_id → offset and length."""
    counted = table["submission_id"].value_counts().to_pylist()
    offset = 0
    for entry in counted:
        yield entry["values"], (offset, entry["counts"])
        offset += entry["counts"]
