"""Killed at any point and run again, a run publishes the same content as without the kill."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from orchestration.pipeline import storage
from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import publication
from warehouse.store.data_root import Root

MONTH = "2026-01:2026-01"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("tiny") / "data")
    Skills(root)("demo", "--months", MONTH, "--scale", "0.03")
    return root


@pytest.fixture(scope="module")
def undisturbed(tiny: Root, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """The content of a run that nobody killed, and its seconds."""
    skills = Skills(copy(tiny, tmp_path_factory.mktemp("undisturbed")))
    begun = time.perf_counter()
    skills("run", "--as-of", AS_OF)
    return publication.open_current(skills.root).manifest["content"], time.perf_counter() - begun


SCRATCHES = ("deciding", "building")
"""Under `work/`: where identifiers may lie while a run lasts."""
COMMANDS = (("run", "--as-of", AS_OF), ("recheck", "--as-of", AS_OF), ("rebuild", "latest"), ("verify",))


def left_over(root: Root) -> list[str]:
    return [name for name in SCRATCHES if (root.work / name).exists()]


def kill_once(skills: Skills, words: tuple[str, ...], after: float) -> None:
    """Whenever it was killed, whatever a line names is whole, and its readers and dbt end with it."""
    victim = skills.start(*words)
    time.sleep(after)
    family: list[psutil.Process] = []
    if victim.poll() is None:
        family = psutil.Process(victim.pid).children(recursive=True)
        os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive
    assert storage.verify(skills.root) == []


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)])
def test_a_killed_run_loses_nothing(tiny: Root, undisturbed: tuple[str, float], tmp_path: Path, seed: int) -> None:
    content, seconds = undisturbed
    skills = Skills(copy(tiny, tmp_path))
    dice = random.Random(seed)
    for _ in range(2):
        kill_once(skills, COMMANDS[0], dice.uniform(0.1, 0.95) * seconds)
    skills("run", "--as-of", AS_OF)
    assert publication.open_current(skills.root).manifest["content"] == content
    assert storage.verify(skills.root) == []
    assert not left_over(skills.root)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_kills_of_any_command_lose_nothing(
    tiny: Root, undisturbed: tuple[str, float], tmp_path: Path, seed: int
) -> None:
    content, seconds = undisturbed
    skills = Skills(copy(tiny, tmp_path))
    dice = random.Random(100 + seed)
    for _ in range(10):
        kill_once(skills, dice.choice(COMMANDS), dice.uniform(0.05, 0.95) * seconds)
    skills("run", "--as-of", AS_OF)
    assert publication.open_current(skills.root).manifest["content"] == content
    assert storage.verify(skills.root) == []


@pytest.mark.soak
def test_a_run_killed_while_it_wrote_reports_is_taken_up_again(tiny: Root, tmp_path: Path) -> None:
    skills = Skills(copy(tiny, tmp_path))
    skills("run", "--as-of", AS_OF)
    published = publication.open_current(skills.root).publication_id
    page = skills.root.reports / "index.html"
    page.unlink()
    for name in SCRATCHES:
        (skills.root.work / name).mkdir()
    skills("run", "--as-of", AS_OF)
    assert page.exists()
    assert not left_over(skills.root)
    assert publication.open_current(skills.root).publication_id == published
