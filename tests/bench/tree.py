"""What a command costs: processor seconds, wall seconds and memory of it and of all that it starts.

Processor seconds (user and system) are the kernel's account of the whole tree, processes that outlived their parent
included: on a machine that does other work too they stay comparable, wall seconds do not. Memory is the highest sum
of proportional set sizes, so that a page which two processes share counts once. Not here: which commands are measured.
Ends at the numbers of one command.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from warehouse.vocabulary.project import PROJECT

SKILLS = Path(sys.executable).parent / "skills"
_REAPER = Path(__file__).with_name("reaper.py")
_BETWEEN_LOOKS = 0.2
"""Seconds; more often would slow what is measured."""
_FINE = (0, 1)
Mark = Callable[[], bool]


@dataclass(frozen=True)
class Look:
    """What the tree had used so far at a moment of the steady clock, and held then."""

    at: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Cost:
    """`marks`: wall seconds from the start until each awaited thing stood; what never stood is left out."""

    cpu: float
    wall: float
    peak_mb: float
    code: int
    marks: Mapping[str, float] = field(default_factory=dict)
    looks: tuple[Look, ...] = ()

    def within(self, begun: float, ended: float) -> tuple[float, float]:
        """Processor seconds and highest megabytes of the tree between two moments, whatever it did then."""
        held = [look.megabytes for look in self.looks if begun - _BETWEEN_LOOKS <= look.at <= ended + _BETWEEN_LOOKS]
        return self._cpu_until(ended) - self._cpu_until(begun), max(held, default=0.0)

    def _cpu_until(self, moment: float) -> float:
        """Read off between the two looks around it."""
        for before, after in pairwise(self.looks):
            if before.at <= moment <= after.at:
                share = (moment - before.at) / (after.at - before.at)
                return before.cpu + share * (after.cpu - before.cpu)
        return self.cpu if self.looks and moment > self.looks[-1].at else 0.0


def cost(
    words: list[str],
    home: Path,
    marks: Mapping[str, Mark] | None = None,
    project: Path = PROJECT,
    settings: Mapping[str, str] | None = None,
) -> Cost:
    """Runs a command of a project on a data root to its end; that it ends with 0 or 1 is no failure of the
    benchmark."""
    used, told = os.pipe()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-I", str(_REAPER), str(told), *words],
        cwd=project,
        env=environment(home, project) | (settings or {}),
        pass_fds=[told],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(told)
    looks: list[Look] = []
    stood: dict[str, float] = {}
    watchers = [
        threading.Thread(target=_look, args=(process, looks)),
        threading.Thread(target=_await, args=(process, begun, dict(marks or {}), stood)),
    ]
    for watcher in watchers:
        watcher.start()
    _, complaint = process.communicate()
    for watcher in watchers:
        watcher.join()
    with os.fdopen(used) as accounts:
        account = json.loads(accounts.read() or "null")
    if account is None or account["code"] not in _FINE:
        raise SystemExit(f"{' '.join(words)} ended with {account and account['code']}: {complaint}")
    return Cost(
        account["cpu"],
        account["wall"],
        max((look.megabytes for look in looks), default=account["largest_mb"]),
        account["code"],
        stood,
        tuple(looks),
    )


def environment(home: Path, project: Path) -> dict[str, str]:
    """Of a command of a project on a data root."""
    return os.environ | {"SKILLS_HOME": str(home), "PYTHONPATH": str(project)}


def _look(process: subprocess.Popen[str], looks: list[Look]) -> None:
    while process.poll() is None:
        cpu, held = 0.0, 0
        for member in _members(process.pid):
            with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):  # it has just ended
                cpu += _used(member)
                held += _proportional(member)
        if not looks or cpu >= looks[-1].cpu:  # one that ended between the two questions is missing from the sum
            looks.append(Look(time.perf_counter(), cpu, held / 1e6))
        time.sleep(_BETWEEN_LOOKS)


def _members(root: int) -> Iterator[int]:
    """The tree from a process on; what every thread has begun. To look through all processes of the machine would cost
    a twentieth of a core."""
    waiting = [root]
    while waiting:
        member = waiting.pop()
        yield member
        for thread in Path(f"/proc/{member}/task").glob("*"):
            with contextlib.suppress(OSError):
                waiting += [int(child) for child in (thread / "children").read_text("ascii").split()]


def _used(member: int) -> float:
    """Processor seconds of a process and of those of its children that it has waited for."""
    behind_name = Path(f"/proc/{member}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return sum(map(int, behind_name[11:15])) / os.sysconf("SC_CLK_TCK")


def _proportional(member: int) -> int:
    lines = Path(f"/proc/{member}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _await(process: subprocess.Popen[str], begun: float, marks: dict[str, Mark], stood: dict[str, float]) -> None:
    while marks and process.poll() is None:
        for name in [name for name, mark in marks.items() if mark()]:
            stood[name] = time.perf_counter() - begun
            del marks[name]
        time.sleep(0.02)
