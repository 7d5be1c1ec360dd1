"""The whole way once on a small demo, through the installed command line, for all end-to-end tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.e2e.harness import AS_OF, MONTHS, SCALE, Skills, copy
from warehouse.store.data_root import Root


def shared(tmp_path_factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Root:
    """A root built once for all workers of the test run: a worker's own folder stands in the run's."""
    worker_folder = tmp_path_factory.getbasetemp()
    folder = (worker_folder.parent if "PYTEST_XDIST_WORKER" in os.environ else worker_folder) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            part = folder.with_suffix(".part")
            build(part)
            part.rename(folder)
    return Root(folder / "data")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Three months of the demo at a tenth of its size; not run yet. Copy it, never change it."""

    def build(folder: Path) -> None:
        Skills(Root(folder / "data"))("demo", "--months", MONTHS, "--scale", SCALE)

    return shared(tmp_path_factory, "demo", build)


@pytest.fixture(scope="session")
def skills(demo: Root, tmp_path_factory: pytest.TempPathFactory) -> Skills:
    """The demo after one run. Tests only read it."""

    def build(folder: Path) -> None:
        Skills(copy(demo, folder))("run", "--as-of", AS_OF)

    return Skills(shared(tmp_path_factory, "run", build))


@pytest.fixture
def after_run(skills: Skills, tmp_path: Path) -> Skills:
    """A copy of the run root that a test may change."""
    return Skills(copy(skills.root, tmp_path))


@pytest.fixture
def complaint() -> Callable[..., str]:
    """Runs a command that must fail with a code and one sentence, never a traceback."""

    def of(skills: Skills, *words: str, code: int, **environment: str) -> str:
        done = skills(*words, check=False, **environment)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr + done.stdout
        assert len(done.stderr.strip().splitlines()) <= 3, done.stderr
        return done.stderr

    return of
