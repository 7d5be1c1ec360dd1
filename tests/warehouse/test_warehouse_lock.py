"""One at a time decides in a data root, and one builds."""

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
with lock.hold(Root(Path(sys.argv[1])), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_told_who_holds(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root.path), "intake"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=f"process {other.pid} "), lock.hold(root, "intake"):
            pass
        other.kill()
    with lock.hold(root, "intake"):  # the lock of a killed process is free
        assert "process" in lock.holder_file(root, "intake").read_text("utf-8")


def test_one_piece_of_work_may_ask_again_and_lets_go_of_what_it_holds(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    locks = lock.Locks(root)
    locks.hold("build")
    locks.hold("build")
    locks.let_go("intake")
    assert lock.holder_file(root, "build").exists()
    with pytest.raises(Busy), lock.hold(root, "build"):
        pass
    assert lock.holder_file(root, "build").exists(), "who got nothing takes nothing away"
    locks.let_go()
    assert not lock.holder_file(root, "build").exists()


def test_deciding_does_not_wait_for_a_build(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    with lock.hold(root, "build"), lock.hold(root, "intake"):
        assert lock.holder(root)
    assert lock.holder(root) is None
    with lock.hold(root, *lock.RHYTHMS):
        for rhythm in lock.RHYTHMS:
            with pytest.raises(Busy), lock.hold(root, rhythm):
                pass


def test_a_busy_root_is_waited_for(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root.path), "intake"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "held\n"
        timer = threading.Timer(0.5, other.stdin.close)
        timer.start()
        with lock.hold(root, "intake", wait_seconds=60):
            assert not timer.is_alive()


def test_the_holder_is_told_without_touching_the_lock(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    assert lock.holder(root) is None
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root.path), "intake"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "held\n"
        assert f"process {other.pid} " in str(lock.holder(root))
        other.kill()
    assert lock.holder(root) is None, "a killed process holds nothing"
    holder = lock.holder_file(root, "intake")
    holder.write_text("process 1 on another-machine since then\n", "utf-8")
    assert "another-machine" in str(lock.holder(root)), "nobody here can ask another machine"
