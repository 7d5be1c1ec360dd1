"""SFTP against OpenSSH's own server, a process on a free port of loopback; left out loudly where there is none."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import psutil
import pytest
import yaml

from ingest import connections, receive
from ingest.channels import UNOPENED, Ground
from ingest.feed import feeds, find
from tests.channels.programs import SSHD
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import pull_log
from warehouse.store.data_root import Root

pytestmark = [pytest.mark.channels, pytest.mark.openssh]

FEED = find("CAB", "training_record")
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SENT_AT = dt.datetime(2026, 2, 10, 8, tzinfo=dt.UTC).timestamp()
CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
HostKey {folder}/rsa_key
AuthorizedKeysFile {folder}/authorized
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
"""


@dataclass
class OpenSsh:
    folder: Path
    process: subprocess.Popen[bytes]
    port: int
    settings: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def put(self, path: str | bytes, content: bytes) -> Path:
        file = Path(os.fsdecode(os.fsencode(self.out) + b"/" + os.fsencode(path)))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (SENT_AT, SENT_AT))
        return file

    def declare(self, **settings: Any) -> None:
        public = (self.folder / "host_key.pub").read_text("utf-8")
        told = {
            "channel": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "key": {"file": str(self.folder / "key")},
            "host_key": public,
            **settings,
        }
        place = {"connection": "real", "path": str(self.out)}
        content = {"connections": {"real": told}, "feeds": {"CAB/training_record": place}}
        self.settings.write_text(yaml.safe_dump(content), "utf-8")

    def cut(self) -> None:
        """Kills the processes of all sessions."""
        for session in psutil.Process(self.process.pid).children(recursive=True):
            session.kill()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenSsh]:
    for name, kind in (("host_key", "ssh-ed25519"), ("rsa_key", "ssh-rsa"), ("key", "ssh-ed25519")):
        key = asyncssh.generate_private_key(kind)
        key.write_private_key(tmp_path / name)
        key.write_public_key(tmp_path / f"{name}.pub")
        (tmp_path / name).chmod(0o600)
    shutil.copy(tmp_path / "key.pub", tmp_path / "authorized")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    (tmp_path / "config").write_text(CONFIG.format(port=port, folder=tmp_path), "utf-8")
    if os.geteuid() == 0:  # where Debian's unit would have made it
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", tmp_path / "config"], stderr=subprocess.DEVNULL)
    _await(port)
    monkeypatch.setenv("SKILLS_CONNECTIONS", str(tmp_path / "connections.yaml"))
    server = OpenSsh(tmp_path, process, port, tmp_path / "connections.yaml")
    server.out.mkdir()
    server.declare()
    yield server
    server.cut()
    process.terminate()
    process.wait()


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("sshd did not start")


def content(number: int) -> bytes:
    return delimited([HEADERS, *[ROW] * (number + 1)])


def test_files_are_taken_once_whatever_their_names(server: OpenSsh, tmp_path: Path) -> None:
    server.put("training_record_2026-01.csv", content(1))
    server.put("2026/培训人次实名制明细_2026年2月.csv", content(2))
    server.put("培训人次实名制明细_2026年3月.csv".encode("gb18030"), content(3))
    server.put("training_record_2026-04.csv.filepart", content(4))
    (server.out / "training_record_2026-05.csv").symlink_to(server.put("2026/x.txt", b"no table"))
    root = Root(tmp_path / "root").make()
    taken = {delivery.name for delivery in receive.receive(root, feeds(), now=NOW) if delivery.sha256}
    assert taken == {
        "CAB/training_record_2026-01.csv",
        "CAB/2026/培训人次实名制明细_2026年2月.csv",
        "CAB/培训人次实名制明细_2026年3月.csv",
    }
    receive.receive_unrecognised(root, now=NOW)
    problems = {delivery.name: delivery.problem for delivery in receive.deliveries(root)}
    assert problems["CAB/training_record_2026-05.csv"] == UNOPENED
    assert receive.receive(root, feeds(), now=NOW) == []
    assert pull_log.newest(root)["real/CAB/training_record"].state == "reached"


def test_a_session_that_is_killed_goes_on_where_it_was(server: OpenSsh, tmp_path: Path) -> None:
    whole = content(1) + os.urandom(8_000_000)
    server.put("training_record_2026-01.csv", whole)
    known = connections.connections()
    with closing(known.connect("real", Ground(tmp_path, tmp_path, 0))) as channel:
        (file,) = channel.files(known.of_feed(FEED), {})
        with file.open() as stream:
            read = [stream.read(1_000_000)]
            server.cut()
            while piece := stream.read(1_000_000):
                read.append(piece)
    assert b"".join(read) == whole


def test_what_was_taken_is_moved_and_writes_over_nothing(server: OpenSsh, tmp_path: Path) -> None:
    server.declare(done="done")
    root = Root(tmp_path / "root").make()
    server.put("done/training_record_2026-01.csv", b"older")
    server.put("training_record_2026-01.csv", content(1))
    server.put("deep/below/training_record_2026-02.csv", content(2))
    assert len(receive.receive(root, feeds(), now=NOW)) == 2
    done = {str(path.relative_to(server.out)): path.read_bytes() for path in server.out.rglob("*") if path.is_file()}
    assert done == {
        "done/training_record_2026-01.csv": b"older",
        "done/training_record_2026-01~2.csv": content(1),
        "done/deep/below/training_record_2026-02.csv": content(2),
    }
    assert receive.receive(root, feeds(), now=NOW) == []


def test_another_key_than_the_servers_is_refused(server: OpenSsh, tmp_path: Path) -> None:
    server.put("training_record_2026-01.csv", content(1))
    server.declare(host_key=(server.folder / "key.pub").read_text("utf-8"))
    root = Root(tmp_path / "root").make()
    assert receive.receive(root, feeds(), now=NOW) == []
    look = pull_log.newest(root)["real/CAB/training_record"]
    assert (look.state, look.is_passing) == ("unreachable", False)
    assert "another host key" in look.reason


def test_a_key_of_any_kind_that_the_server_has_can_be_pinned(server: OpenSsh, tmp_path: Path) -> None:
    server.put("training_record_2026-01.csv", content(1))
    server.declare(host_key="example.org " + (server.folder / "rsa_key.pub").read_text("utf-8"))
    assert len(receive.receive(Root(tmp_path / "root").make(), feeds(), now=NOW)) == 1
