"""`skills connections test` says of each source what can be seen or why not, whatever the others do."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.channels.sftp_server import PASSWORD, SftpServer
from warehouse.vocabulary.project import PROJECT

pytestmark = pytest.mark.channels


def told(folder: Path, *words: str) -> tuple[int, str]:
    ended = subprocess.run(
        [Path(sys.executable).with_name("skills"), "connections", "test", *words],
        cwd=PROJECT,
        env={
            "SKILLS_HOME": str(folder / "root"),
            "SKILLS_CONNECTIONS": str(folder / "connections.yaml"),
            "SFTP_PASSWORD": PASSWORD,
            "PYTHONPATH": str(PROJECT),
        },
        capture_output=True,
        text=True,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_each_source_has_a_line_and_one_that_is_away_the_exit_code(tmp_path: Path) -> None:
    server = SftpServer(tmp_path / "server").start()
    (server.folder / "out").mkdir()
    (server.folder / "out" / "a.csv").touch()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        away = server.connection(port=closed.getsockname()[1])
    connections = {
        "here": server.connection(),
        "away": away,
        "unknown": server.connection(host_key=None),
        "shut": server.connection(password="${NOT_SET}"),
    }
    feeds = {
        "EDU": {"connection": "here", "path": "out"},
        "EDU/training_record": {"connection": "here", "path": "elsewhere"},
        "TRA": {"connection": "away"},
        "CAB": {"connection": "unknown"},
        "COM": {"connection": "shut"},
    }
    (tmp_path / "connections.yaml").write_text(yaml.safe_dump({"connections": connections, "feeds": feeds}), "utf-8")
    (tmp_path / "root" / "inbox").mkdir(parents=True)
    code, lines = told(tmp_path)
    server.stop()
    assert code == 1
    assert lines.splitlines()[0].startswith("drop_folder (drop_folder): 0 files in ")
    assert "here/EDU/* (sftp): 1 files in 1 folders" in lines
    assert "here/EDU/training_record (sftp): not reached: the path is not there" in lines
    assert "away/TRA/* (sftp): not reached: no connection to 127.0.0.1" in lines
    assert server.host_key.get_fingerprint() in lines
    assert "shut/COM/* (sftp): not reached: The environment variable NOT_SET is not set" in lines
    assert PASSWORD not in lines


def test_one_connection_alone_and_one_that_is_not_there(tmp_path: Path) -> None:
    server = SftpServer(tmp_path / "server").start()
    connections = {"here": server.connection(), "silent": server.connection(port=1)}
    feeds = {"EDU": {"connection": "here"}, "TRA": {"connection": "silent"}}
    (tmp_path / "connections.yaml").write_text(yaml.safe_dump({"connections": connections, "feeds": feeds}), "utf-8")
    assert told(tmp_path, "here") == (0, "here/EDU/* (sftp): 0 files in 1 folders\n")
    assert told(tmp_path, "there") == (
        2,
        "No feed comes by a connection there; there are drop_folder, here, silent.\n",
    )
    server.stop()
