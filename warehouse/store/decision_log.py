"""When each decision was made and what its file held: one line per decision in `received/decisions.jsonl`.

A decision itself knows no clock, so that the same input gives the same bytes; its moment stands here, to tell later
what was known when. A folder under `decided/` counts once its line stands: by then it is on the disk. Ends at moments
and checksums by decision folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Decision


def add(root: Root, decisions: Iterable[Decision], now: dt.datetime) -> None:
    """Writes the moment of decisions whose folders are on the disk; what stands already keeps the one it has.

    A decision made again with other bytes gets another line: the last is the true one.
    """
    known = checksums(root)
    at = clock.utc_text(now)
    log.append(
        root.decisions,
        [
            log.Entry(
                at,
                log.Actor("program", "skills", decision.program_version),
                "decision",
                decision.folder_name,
                {"sha256": checksum(decision), "outcome": decision.outcome},
            )
            for decision in decisions
            if known.get(decision.folder_name) != checksum(decision)
        ],
    )


def checksum(decision: Decision) -> str:
    """SHA-256 of its `decision.json`, which itself holds those of its other files."""
    return hashlib.sha256(decision.to_json().encode()).hexdigest()


def moments(root: Root) -> dict[str, str]:
    """Decision folder → when it was made (UTC, ISO 8601), in the order made."""
    moment_by_folder: dict[str, str] = {}
    for entry in log.read(root.decisions):
        moment_by_folder.pop(entry.subject, None)
        moment_by_folder[entry.subject] = entry.at
    return moment_by_folder


def checksums(root: Root) -> dict[str, str]:
    """Decision folder → SHA-256 of its `decision.json`."""
    return {entry.subject: entry.facts["sha256"] for entry in log.read(root.decisions)}
