"""Whether files are what the logs, decisions and manifests say: compared by SHA-256 before they are used.

Between full checks a file whose inode, size and times are as when it was last compared is trusted, under whichever of
its names; what was compared stands in `work/verified.json`, which may be lost at any time. Which parts there are is
said by those who store them:
`ingest.receive`, `warehouse.store.register` for decisions, `warehouse.published.publication`. Ends at the parts that
are damaged; what becomes of them is `orchestration.pipeline.storage`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from warehouse.store import durable
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

_THREADS = 4
"""Hashing lets other threads run; the disk is waited for."""


class Damaged(OperatorError):
    """A stored file is not what was stored."""


@dataclass(frozen=True)
class Part:
    """A stored file and what was said of it."""

    path: Path
    sha256: str


Seen = list[Any]
"""Size and times of a file, and the checksum that it was found to have."""


def damaged(root: Root, parts: Iterable[Part], *, full: bool = False) -> list[Part]:
    """The parts that are gone or hold other bytes; `full`: none is trusted for being unchanged."""
    known = _load(root)
    told = dict(known)
    unknown = [part for part in parts if full or not _is_known(part, known)]
    with ThreadPoolExecutor(_THREADS) as pool:
        compared = list(pool.map(_compare, unknown))
    for part, seen in zip(unknown, compared, strict=True):
        if seen is not None:
            told.update([seen])
        elif part.path.is_file():
            told.pop(_inode(part.path.stat()), None)
    if told != known:
        _save(root, told)
    return [part for part, seen in zip(unknown, compared, strict=True) if seen is None]


def note(root: Root, parts: Iterable[Part]) -> None:
    """These were written by this process, or are links to what it compared before: they need not be read again. A new
    link changes a time of its file."""
    _save(root, {**_load(root), **dict(_seen(part) for part in parts)})


def _is_known(part: Part, known: Mapping[str, Seen]) -> bool:
    try:
        inode, seen = _seen(part)
    except OSError:
        return False
    return known.get(inode) == seen


def _compare(part: Part) -> tuple[str, Seen] | None:
    """The inode, and what was seen, of a whole part; null for a damaged one."""
    try:
        inode, seen = _seen(part)
        with part.path.open("rb") as file:
            return (inode, seen) if hashlib.file_digest(file, "sha256").hexdigest() == part.sha256 else None
    except OSError:
        return None


def _seen(part: Part) -> tuple[str, Seen]:
    facts = part.path.stat()
    return _inode(facts), [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, part.sha256]


def _inode(facts: os.stat_result) -> str:
    return f"{facts.st_dev}:{facts.st_ino}"


def _index(root: Root) -> Path:
    return root.work / "verified.json"


_Stand = tuple[int, int, int]
_LOADED: dict[Path, tuple[_Stand, dict[str, Seen]]] = {}
"""What an index told that stood so: a run asks ten times, and 2,000 submissions make 2 MB."""


def _load(root: Root) -> Mapping[str, Seen]:
    index = _index(root)
    try:
        stands = _stand(index)
        loaded = _LOADED.get(index)
        if loaded is None or loaded[0] != stands:
            told = orjson.loads(index.read_bytes())
            _LOADED[index] = loaded = stands, told if isinstance(told, dict) else {}
    except (OSError, ValueError):
        return {}
    return loaded[1]


def _save(root: Root, told: dict[str, Seen]) -> None:
    """Whoever only reads a root may not write into it; what is not noted is compared again."""
    index = _index(root)
    part = index.with_suffix(f".{os.getpid()}.part")
    with contextlib.suppress(OSError):
        durable.write(part, orjson.dumps(told))
        part.replace(index)
        _LOADED[index] = _stand(index), told


def _stand(index: Path) -> _Stand:
    facts = index.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
