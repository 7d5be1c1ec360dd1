"""Begins and ends the process that keeps the demo's servers.

The process is `keeper.py`. While it stands it holds a lock, so that no other process is ever taken for it. Ends at what
it says of itself.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.store.data_root import Root
from warehouse.store.register import dump_json
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT

_START_SECONDS, _END_SECONDS = 300, 60
_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Note:
    """What the keeper says of itself. `missing`: server → what to install, of those whose feeds stay in the inbox;
    `feeds`: server → how many lie there."""

    pid: int
    is_ready: bool = False
    missing: Mapping[str, str] = field(default_factory=dict)
    feeds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """What lies in a root for the servers: a folder for each in `channels/`, the note of their keeper there, and
    `connections.yaml`."""

    root: Root

    @property
    def folder(self) -> Path:
        return self.root.path / "channels"

    @property
    def connections(self) -> Path:
        return self.root.path / "connections.yaml"

    @property
    def output(self) -> Path:
        return self.folder / "keeper.log"

    @property
    def lock(self) -> FileLock:
        return FileLock(self.folder / "keeper.lock", timeout=0)

    @property
    def note_file(self) -> Path:
        return self.folder / "keeper.json"

    def write(self, note: Note) -> None:
        dump_json(self.note_file, asdict(note))

    def note(self) -> Note | None:
        """None before the keeper stands."""
        try:
            return Note(**json.loads(self.note_file.read_bytes()))
        except FileNotFoundError:
            return None

    def is_kept(self) -> bool:
        if not self.folder.is_dir():
            return False
        try:
            with self.lock:
                return False
        except Timeout:
            return True


def start(root: Root) -> Note:
    """Begins the keeper in the background, on a root to which the demo was written; comes back when all is in its
    place. `OperatorError` where one stands already or it fails."""
    kept = Kept(root)
    if kept.is_kept():
        raise OperatorError("The demo's servers are running: end them with skills demo --stop-channels.")
    shutil.rmtree(kept.folder, ignore_errors=True)
    kept.folder.mkdir(mode=0o700)
    with kept.output.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "demo.keeper", str(root.path)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    ends = time.monotonic() + _START_SECONDS
    while keeper.poll() is None and time.monotonic() < ends:
        note = kept.note()
        if note and note.is_ready:
            return note
        time.sleep(_BETWEEN_LOOKS)
    keeper.terminate()
    raise OperatorError(f"The demo's servers did not start: {kept.output} says why.")


def stop(root: Root) -> bool:
    """Ends the keeper and its servers; false where none stands."""
    kept = Kept(root)
    note = kept.note()
    if note is None or not kept.is_kept():
        return False
    os.kill(note.pid, signal.SIGTERM)
    ends = time.monotonic() + _END_SECONDS
    while kept.is_kept():
        if time.monotonic() > ends:
            raise OperatorError(f"The demo's servers do not end: end the process {note.pid}.")
        time.sleep(_BETWEEN_LOOKS)
    return True
