"""Programs that are run together end together: when one ends, when they are told to, when their parent is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PARENT = "import sys; from orchestration.pipeline import companion; sys.exit(companion.run({commands!r}))"
STAYS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('up'); time.sleep(600)"
ENDS = "import pathlib, sys, time\nwhile not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.01)\nsys.exit(3)"
PATIENCE = 60


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def program(source: str, *words: Path) -> list[str]:
    return [sys.executable, "-c", source, *map(str, words)]


class Family:
    """A parent with two programs that stay, or one that stays and one that ends once the other is up."""

    def __init__(self, folder: Path, *, one_ends: bool) -> None:
        up = [folder / "first", folder / "second"]
        other = program(ENDS, up[0]) if one_ends else program(STAYS, up[1])
        self.parent = subprocess.Popen(program(PARENT.format(commands=[program(STAYS, up[0]), other])))
        until(lambda: all(path.exists() for path in up[: 2 - one_ends]))
        self.children = [] if one_ends else psutil.Process(self.parent.pid).children()

    @property
    def is_gone(self) -> bool:
        return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in self.children)


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    started = Family(tmp_path, one_ends=False)
    assert len(started.children) == 2
    yield started
    started.parent.kill()
    started.parent.wait()
    until(lambda: started.is_gone)


def test_when_one_ends_the_others_do_and_its_code_is_told(tmp_path: Path) -> None:
    parent = Family(tmp_path, one_ends=True).parent
    assert parent.wait(PATIENCE) == 3


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_all_end(family: Family, told: signal.Signals) -> None:
    os.kill(family.parent.pid, told)
    family.parent.wait(PATIENCE)
    assert family.is_gone


def test_killed_it_leaves_nobody_behind(family: Family) -> None:
    family.parent.kill()
    family.parent.wait()
    until(lambda: family.is_gone)
