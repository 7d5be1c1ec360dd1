"""A MariaDB server of its own: one process on a free port of loopback, whose files lie in one folder.

Where Debian's mariadb-server is not installed there is none. What is in it is its caller's. Ends at a server.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymysql

PROGRAMS = "mariadbd", "mariadb-install-db"
_START_SECONDS = 60
_SMALL = (
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
    "--performance-schema=off",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
)
"""What a laptop spares; what it holds is made anew when it is lost."""


def program(name: str) -> str | None:
    """Where it lies; servers are often not on a user's path."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def is_installed() -> bool:
    return all(map(program, PROGRAMS))


@dataclass
class MariaDB:
    """`folder` is its own; `arguments` go to the server as they are."""

    folder: Path
    arguments: tuple[str, ...] = ()
    port: int = 0
    _socket_folder: Path = field(init=False)
    _process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    @property
    def socket(self) -> Path:
        """Not under the folder: its path may have 107 characters at most."""
        return self._socket_folder / "s"

    def start(self) -> None:
        """Makes its files where there are none; returns when it answers."""
        self._socket_folder = Path(tempfile.mkdtemp(prefix="skills-db-"))
        data = self.folder / "data"
        common = ["--no-defaults", f"--datadir={data}", *(["--user=root"] if os.geteuid() == 0 else [])]
        log = (self.folder / "log").open("ab")
        with log:
            if not data.exists():
                subprocess.run(
                    [
                        str(program(PROGRAMS[1])),
                        *common,
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                    ],
                    stdout=log,
                    stderr=log,
                    check=True,
                )
            self.port = self.port or _free_port()
            places = [f"--socket={self.socket}", "--bind-address=127.0.0.1", f"--port={self.port}"]
            self._process = subprocess.Popen(
                [str(program(PROGRAMS[0])), *common, *places, *_SMALL, *self.arguments], stdout=log, stderr=log
            )
        self._wait()

    def stop(self) -> None:
        """At once: InnoDB mends its files at the next start."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def administrator(self, database: str | None = None) -> pymysql.Connection:
        """A connection by the socket, that may do everything and commits every statement."""
        import pymysql

        return pymysql.connect(
            unix_socket=str(self.socket), user="root", database=database, autocommit=True, charset="utf8mb4"
        )

    def _wait(self) -> None:
        import pymysql

        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            with suppress(pymysql.Error):
                self.administrator().close()
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"MariaDB did not start: see {self.folder / 'log'}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
