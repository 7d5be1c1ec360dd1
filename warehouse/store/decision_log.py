"""When each decision was made: one line per decision in `received/decisions.jsonl`, only ever added.

A decision itself knows no clock, so that the same input gives the same bytes; its moment stands beside it, to tell
later what was known when. Ends at moments by decision folder.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable

from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Decision


def add(root: Root, decisions: Iterable[Decision], now: dt.datetime) -> None:
    """Writes the moment of decisions that are about to stand; what stands already keeps the one it has.

    A line whose decision a kill prevented is followed by another when it is made: the last line is the true one.
    """
    new = [decision.folder_name for decision in decisions if not root.decision_folder(decision).is_dir()]
    if not new:
        return
    decided_at = clock.utc_text(now)
    with root.decisions.open("ab+") as file:
        # A line that a kill cut off is ended, so that it spoils no other.
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.write(b"\n")
        for name in new:
            file.write(json.dumps({"decided_at": decided_at, "folder_name": name}, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def moments(root: Root) -> dict[str, str]:
    """Decision folder → when it was made (UTC, ISO 8601), in the order made; decisions from before the log lack."""
    moment_by_folder: dict[str, str] = {}
    for line in root.decisions.read_bytes().splitlines() if root.decisions.is_file() else []:
        try:
            read = json.loads(line)
        except ValueError:
            continue  # cut off by a kill before its decision stood
        moment_by_folder.pop(read["folder_name"], None)
        moment_by_folder[read["folder_name"]] = read["decided_at"]
    return moment_by_folder
