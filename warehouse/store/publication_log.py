"""Which publication became the current one, when, and who chose it: one line per move of `current`, only ever added.

The log lies under `received/`, since it names people. It is no part of what a publication rests on: choosing another
gives nothing new to publish. Ends at moves.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from dataclasses import dataclass

from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError


@dataclass(frozen=True)
class Move:
    """`current` turns from `before` (none: the first) to `publication_id`. Without `chosen_by` a run moved it."""

    publication_id: str
    before: str | None
    moved_at: str  # UTC, ISO 8601
    chosen_by: str | None = None
    reason: str | None = None


def add(root: Root, move: Move) -> None:
    """Writes one line; it is on the disk when this returns, so that a move is told before it is made."""
    with root.publications.open("ab+") as file:
        # A line that a kill cut off is ended, so that it spoils no other.
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.write(b"\n")
        file.write(json.dumps(dataclasses.asdict(move), ensure_ascii=False, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def moves(root: Root) -> list[Move]:
    """All moves, oldest first; what a kill cut off was never made."""
    told = []
    lines = root.publications.read_bytes().splitlines() if root.publications.is_file() else []
    for line in lines:
        try:
            told.append(Move(**json.loads(line)))
        except ValueError:
            continue
        except TypeError:
            raise OperatorError(f"{root.publications} has a damaged line: restore the file from a backup.") from None
    return told


def choice(root: Root, publication_id: str) -> Move | None:
    """The move by which a person chose the publication, unless `current` moved since."""
    last = next(reversed(moves(root)), None)
    return last if last and last.chosen_by and last.publication_id == publication_id else None


def move(publication_id: str, before: str | None, now: dt.datetime, chosen_by: str = "", reason: str = "") -> Move:
    return Move(
        publication_id,
        before,
        clock.utc_text(now),
        chosen_by or None,
        reason or None,
    )
