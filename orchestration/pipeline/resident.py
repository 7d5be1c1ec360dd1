"""Asks the resident process of a data root (`skills serve`), which has everything loaded.

The side of those who ask, light on purpose: standard library alone, so that a command knows in 20 ms whether somebody
else does its work. Whoever gets no answer does the work itself. What answers is `service`; ends at the answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from warehouse.store import settings
from warehouse.vocabulary.project import PROJECT

SOCKET = "serve.sock"
_PACKAGES = ("warehouse", "ingest", "expectations", "pages", "orchestration")
_READ = (".py", ".sql", ".csv", ".yaml", ".json", ".html", ".css", ".js")
_OF_A_PROCESS = ("SKILLS_HOME", "SKILLS_KEY")
"""Settings on which no check of one file depends."""


@contextlib.contextmanager
def address(folder: Path) -> Iterator[str]:
    """The socket's path by way of the opened folder: a socket's path has room for 107 bytes only."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def program() -> str:
    """Changes with every file of this checkout that decides an outcome (its place, size or time), and with the
    settings: cheaper than the versions, which load the rules, and never the same where they differ."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for line in sorted(_files(str(PROJECT / package))):
            digest.update(line.encode("utf-8", "surrogateescape"))
    variables = sorted(
        (name, value) for name, value in os.environ.items() if name.startswith("SKILLS_") and name not in _OF_A_PROCESS
    )
    digest.update(f"{variables} {settings.stand()}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in ("__pycache__", "data"):
                    yield from _files(entry.path)
            elif entry.name.endswith(_READ):
                facts = entry.stat()
                yield f"{entry.path} {facts.st_size} {facts.st_mtime_ns}\n"


def ask(root: Path, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer; none where no process stands there, another program does, it ends before, or it cannot say."""
    try:
        with address(root) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(place)
            connection.sendall(json.dumps({**request, "program": program()}).encode() + b"\n")
            answer = json.loads(b"".join(iter(lambda: connection.recv(2**20), b"")))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) and "refused" not in answer else None
