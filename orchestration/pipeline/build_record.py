"""On what the last build rests and how far it came: judged, built, published.

One small file in `work/`, so that publishing never shows what was built from something else, and a run knows what is
left to do. Where it is lost, the next run builds once more.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from warehouse.store.data_root import Root
from warehouse.store.register import dump_json
from warehouse.vocabulary.privacy import redact


@dataclass(frozen=True)
class BuildRecord:
    """`basis`: the as-of day, versions, logs and decisions that the register was written from; `publication_id`: what
    shows the build, none yet; `stopped`, `stopped_at`: why the marts may not be published, and since when (UTC), until
    a build may."""

    basis: dict[str, Any]
    is_built: bool = False
    publication_id: str | None = None
    stopped: str | None = None
    stopped_at: str | None = None


def read(root: Root) -> BuildRecord | None:
    try:
        return BuildRecord(**json.loads(root.build_record.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def judged(root: Root, basis: dict[str, Any]) -> None:
    """A new register stands, and nothing is built from it yet."""
    before = read(root)
    _write(root, replace(before, basis=basis, is_built=False, publication_id=None) if before else BuildRecord(basis))


def built(root: Root, is_built: bool) -> None:
    """The marts stand or fall, from the register that stands."""
    record = read(root)
    if record is not None:
        let_go = replace(record, stopped=None, stopped_at=None) if is_built else record
        _write(root, replace(let_go, is_built=is_built, publication_id=None))


def stopped(root: Root, reason: str, at: str) -> None:
    """The marts may not be published; of builds that were stopped one after the other the first says since when."""
    record = read(root)
    if record is not None:
        _write(root, replace(record, stopped=redact(reason), stopped_at=record.stopped_at or at))


def published(root: Root, publication_id: str) -> None:
    record = read(root)
    if record is not None:
        _write(root, replace(record, publication_id=publication_id))


def _write(root: Root, record: BuildRecord) -> None:
    dump_json(root.build_record, asdict(record))
