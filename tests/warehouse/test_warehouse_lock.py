"""One run at a time on a data root."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import Busy

HOLDER = """
import sys
import threading
from pathlib import Path
from warehouse.store import lock
from warehouse.store.data_root import Root
with lock.hold(Root(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_told_who_holds(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=f"process {other.pid} "), lock.hold(root):
            pass
        other.kill()
    with lock.hold(root):  # the lock of a killed process is free
        assert "process" in root.lock.with_suffix(".holder").read_text("utf-8")


def test_the_same_process_may_ask_again(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    with lock.hold(root):
        with lock.hold(root):
            pass
        assert root.lock.with_suffix(".holder").exists()
    assert not root.lock.with_suffix(".holder").exists()


def test_a_busy_root_is_waited_for(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "held\n"
        timer = threading.Timer(0.5, other.stdin.close)
        timer.start()
        with lock.hold(root, wait_seconds=60):
            assert not timer.is_alive()


def test_the_holder_is_told_without_touching_the_lock(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    assert lock.holder(root) is None
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "held\n"
        assert f"process {other.pid} " in str(lock.holder(root))
        other.kill()
    assert lock.holder(root) is None, "a killed process holds nothing"
    holder = root.lock.with_suffix(".holder")
    holder.write_text("process 1 on another-machine since then\n", "utf-8")
    assert "another-machine" in str(lock.holder(root)), "nobody here can ask another machine"
