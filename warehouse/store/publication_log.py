"""Which publications were made, how `current` moved, and what was deleted of what is derived: one line each in
`received/publications.jsonl`.

What a publication holds is its manifest, whose checksum stands here. Ends at ids and checksums.
"""

from __future__ import annotations

from warehouse.store import log
from warehouse.store.data_root import Root

_MADE, _MOVED, _PRUNED = "publication", "current", "pruned"


def add(root: Root, publication_id: str, sha256: str, at: str) -> None:
    """A publication that is on the disk; `sha256`: of its manifest. Told once,
    and again where its files had been deleted."""
    if checksums(root).get(publication_id) != sha256 or publication_id in pruned(root):
        log.append(root.publications, [log.Entry(at, log.PROGRAM, _MADE, publication_id, {"sha256": sha256})])


def move(root: Root, publication_id: str, at: str, actor: log.Actor = log.PROGRAM, reason: str | None = None) -> None:
    """`current` points to a publication now; told when that is new."""
    if current(root) != publication_id:
        log.append(root.publications, [log.Entry(at, actor, _MOVED, publication_id, {"reason": reason})])


def checksums(root: Root) -> dict[str, str]:
    """Publication → SHA-256 of its manifest, in the order made."""
    return {entry.subject: entry.facts["sha256"] for entry in log.read(root.publications) if entry.kind == _MADE}


def current(root: Root) -> str | None:
    """Where `current` moved last."""
    moves = [entry.subject for entry in log.read(root.publications) if entry.kind == _MOVED]
    return moves[-1] if moves else None


def is_choice(root: Root, publication_id: str) -> bool:
    """Whether it was a person who turned `current` to the publication, and nobody turned it since."""
    moves = [entry for entry in log.read(root.publications) if entry.kind == _MOVED]
    return bool(moves) and moves[-1].subject == publication_id and moves[-1].actor.kind == log.PERSON


def choices(root: Root) -> set[str]:
    """Publications to which a person ever turned `current`."""
    moves = [entry for entry in log.read(root.publications) if entry.kind == _MOVED]
    return {entry.subject for entry in moves if entry.actor.kind == log.PERSON}


def prune(root: Root, subject: str, at: str, size: int, reason: str) -> None:
    """Something derived is deleted: a publication's files, or a place in the data root. `size`: bytes."""
    log.append(root.publications, [log.Entry(at, log.PROGRAM, _PRUNED, subject, {"bytes": size, "reason": reason})])


def pruned(root: Root) -> set[str]:
    """What was deleted and, where it is a publication, was not made again since."""
    gone: set[str] = set()
    for entry in log.read(root.publications):
        if entry.kind == _PRUNED:
            gone.add(entry.subject)
        elif entry.kind == _MADE:
            gone.discard(entry.subject)
    return gone
