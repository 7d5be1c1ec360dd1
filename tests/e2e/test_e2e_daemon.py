"""The real daemon over a small root: starts by itself, tries again what failed, reports, ends with its parent."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from orchestration.pipeline.alerts import alert_log, episodes
from tests.e2e.harness import Skills
from warehouse.published import publication
from warehouse.store import lock
from warehouse.store.data_root import Root

pytestmark = pytest.mark.soak
PATIENCE = 900


def until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"in {PATIENCE} s not: {what}"
        time.sleep(1)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_the_daemon_recovers_from_a_failed_run_and_ends_with_a_killed_parent(tmp_path: Path) -> None:
    skills = Skills(Root(tmp_path / "data"))
    skills("demo", "--months", "2026-01:2026-01", "--scale", "0.02")
    root = skills.root
    root.work.mkdir(exist_ok=True)
    (root.database / "in-the-way").mkdir(parents=True)  # no build can be written
    ui = skills.start("ui", "--port", str(free_port()))
    try:
        record = root.build_record
        until(record.exists, "the sensor started a run that judged")
        until(lambda: not lock.holder_file(root, "build").exists(), "the run failed")
        until(lambda: "run_failed" in open_alerts(root), "the failure was raised as an alert")
        assert publication.current(root) is None
        (root.database / "in-the-way").rmdir()
        root.database.rmdir()
        until(root.current.exists, "what failed was tried again and published")
        until((root.reports / "index.html").exists, "the reports followed")
        until(lambda: "run_failed" not in open_alerts(root), "the alert ended")
        family = psutil.Process(ui.pid).children(recursive=True)
        assert len(family) >= 3, "web interface, daemon and code server"
        os.kill(ui.pid, signal.SIGKILL)
        until(lambda: not any(map(lives, family)), "all ended with a parent that was killed")
    finally:
        ui.kill()
        ui.wait()


def open_alerts(root: Root) -> set[str]:
    return {*episodes.standing(episodes.fold(alert_log.read(root)))}


def lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
