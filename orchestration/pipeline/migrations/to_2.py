"""From the first layout, logs of flat lines and decisions without a checksum of their own, to chained logs.

The logs are laid anew and kept as they were in `received/layout-1/`; every submission is decided anew, since decisions
of the first layout cannot be compared with anything. What replaced another before goes on having replaced it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest import receive
from orchestration.pipeline import renewal
from orchestration.pipeline.run import Run
from warehouse.published import publication
from warehouse.store import durable, keys, log, publication_log, records
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Decision, Delivery

FIRST = "layout-1"
"""Under `received/`: the logs of the first layout, as they were."""


def migrate(run: Run) -> None:
    """All that came before is told not to have been compared with what stood."""
    root, at = run.root, clock.utc_text(run.now)
    _chain_logs(root)
    occasion = renewal.Occasion(
        "upgrade",
        2,
        {"layout": 2, "deliveries": len(receive.deliveries(root))},
        is_told_first=True,
        moments=lambda decisions: _moments(root, decisions),
        tell=lambda: _tell_publications(root, at),
    )
    renewal.renew(run, keys.key_set(root), occasion)


def _moments(root: Root, decisions: Sequence[Decision]) -> renewal.Moments:
    """As the first layout told them, else when the submission first came."""
    told, first = _moments_of_first_layout(root), _first_received(root)
    return {
        decision.folder_name: told.get(decision.submission_id, first[decision.submission_id]) for decision in decisions
    }


def _first_received(root: Root) -> dict[str, str]:
    """Submission → when it first came."""
    first: dict[str, str] = {}
    for delivery in receive.deliveries(root):
        if delivery.submission:
            first.setdefault(delivery.submission.submission_id, delivery.received_at)
    return first


def _chain_logs(root: Root) -> None:
    """Logs of flat lines become chained ones, each in one move; as they were they are kept."""
    for path in sorted(root.received.glob("*.jsonl")):
        lines = path.read_bytes()
        flat = lines[: lines.rfind(b"\n") + 1].splitlines()
        if not flat or log.is_chained(flat[0]):
            continue
        kept = root.received / FIRST / path.name
        kept.parent.mkdir(exist_ok=True)
        if not kept.exists():
            os.link(path, kept)
            durable.sync([kept.parent])
        if path == root.decisions:
            path.unlink()  # told anew with what is decided anew
        else:
            log.rewrite(path, [_entry(root, path, number, line) for number, line in enumerate(flat, 1)])


def _entry(root: Root, path: Path, number: int, line: bytes) -> log.Entry:
    kind: Any = Delivery if path == root.deliveries else records.kinds().get(path.name)
    try:
        record = kind(**json.loads(line))
    except (ValueError, TypeError):
        raise OperatorError(f"{path}, line {number} is damaged: restore the file from a backup.") from None
    return receive.entry_of(record) if kind is Delivery else records.entry_of(record, "command line")


def _moments_of_first_layout(root: Root) -> dict[str, str]:
    """Submission → when it was first decided, as far as the first layout told."""
    path = root.received / FIRST / root.decisions.name
    moments: dict[str, str] = {}
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            told = json.loads(line)
        except ValueError:
            continue  # cut off by a kill
        moments.setdefault(told["folder_name"].rpartition("@")[0], told["decided_at"])
    return moments


def _tell_publications(root: Root, at: str) -> None:
    """Publications of the first layout are taken as they are found."""
    for manifest, sha256 in sorted(_manifests(root), key=lambda told: str(told[0]["published_at"])):
        publication_log.add(root, manifest["publication_id"], sha256, manifest["published_at"])
    if root.current.exists():
        publication_log.move(root, root.current.resolve().name, at)


def _manifests(root: Root) -> Iterator[tuple[dict[str, Any], str]]:
    for path in root.published.glob(f"*/{publication.MANIFEST}"):
        if not path.parent.is_symlink():
            try:
                yield json.loads(path.read_bytes()), publication.sha256(path)
            except ValueError:
                continue  # damaged: it is not told of, so that nothing opens it
