"""Whether files are what the logs, decisions and manifests say: compared by SHA-256 before they are used.

Between full checks a file whose size, times and inode are as when it was last compared is trusted; what was compared
stands in `work/verified.json`, which may be lost at any time. Which parts there are is said by those who store them:
`ingest.receive`, `warehouse.store.register` for decisions, `warehouse.published.publication`. Ends at the parts that
are damaged; what becomes of them is `orchestration.pipeline.storage`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def damaged(root: Root, parts: Iterable[Part], *, full: bool = False) -> list[Part]:
    """The parts that are gone or hold other bytes; `full`: none is trusted for being unchanged."""
    wanted = list(parts)
    known = _load(root)
    with ThreadPoolExecutor(_THREADS) as pool:
        compared = list(pool.map(lambda part: _compare(root, part, {} if full else known), wanted))
    whole = {_name(root, part): seen for part, seen in zip(wanted, compared, strict=True) if seen is not None}
    gone = {_name(root, part) for part, seen in zip(wanted, compared, strict=True) if seen is None}
    told = {name: seen for name, seen in known.items() if name not in gone} | whole
    if told != known:
        _save(root, told)
    return [part for part, seen in zip(wanted, compared, strict=True) if seen is None]


def _compare(root: Root, part: Part, known: Mapping[str, Any]) -> list[Any] | None:
    """What was seen of a whole part; null for a damaged one."""
    try:
        facts = part.path.stat()
        seen = [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, part.sha256]
        if known.get(_name(root, part)) == seen:
            return seen
        with part.path.open("rb") as file:
            return seen if hashlib.file_digest(file, "sha256").hexdigest() == part.sha256 else None
    except OSError:
        return None


def _name(root: Root, part: Part) -> str:
    return os.path.relpath(part.path, root.path)


def _index(root: Root) -> Path:
    return root.work / "verified.json"


def _load(root: Root) -> dict[str, Any]:
    try:
        told = json.loads(_index(root).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _save(root: Root, told: Mapping[str, Any]) -> None:
    """Whoever only reads a root may not write into it; what is not noted is compared again."""
    part = _index(root).with_suffix(f".{os.getpid()}.part")
    with contextlib.suppress(OSError):
        durable.write(part, json.dumps(told, ensure_ascii=False).encode())
        part.replace(_index(root))
