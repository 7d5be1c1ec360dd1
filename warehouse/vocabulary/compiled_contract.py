"""Contracts as they were read and checked, kept under `build/` for the next process.

To read all of them with the standard's model costs a process 0.3 s, a third of what a reader of files needs to start.
Kept by what the file says and by the code that reads it; where nothing can be kept, as in a project that belongs to
somebody else, each process reads. Ends at `Dataset`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.vocabulary.project import PROJECT

if TYPE_CHECKING:
    from warehouse.vocabulary.contract import Dataset

FOLDER = PROJECT / "build" / "compiled_contracts"
_CODE = ("contract.py", "contract_file.py")


def of(path: Path) -> Dataset:
    """The contract that stands in a file; `OperatorError` names file and field."""
    kept = FOLDER / f"{path.name.partition('.')[0]}-{_digest(path.read_bytes())}.pickle"
    return _known(kept) or _read(path, kept)


def _known(kept: Path) -> Dataset | None:
    try:
        dataset: Dataset = pickle.loads(kept.read_bytes())
    except Exception:  # not kept yet, or cut off by a disk that was full
        return None
    return dataset


def _read(path: Path, kept: Path) -> Dataset:
    from warehouse.vocabulary import contract_file

    dataset = contract_file.load(path)
    with contextlib.suppress(OSError):
        _keep(kept, dataset)
    return dataset


def _digest(content: bytes) -> str:
    return hashlib.sha256(_code() + content).hexdigest()[:16]


@functools.cache
def _code() -> bytes:
    return b"".join((Path(__file__).parent / name).read_bytes() for name in _CODE)


def _keep(kept: Path, dataset: Dataset) -> None:
    """Whole or not at all: another process may look for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps(dataset))
    partial.replace(kept)
