"""A disk that is full at one point or another of a run: one sentence, nothing lost, and the next run ends well.

Needs the right to mount a file system of a given size.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import publication
from warehouse.store.data_root import Root

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("tiny") / "data")
    Skills(root)("demo", "--months", "2026-01:2026-01", "--scale", "0.03")
    return root


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def resize(disk: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", disk], check=True)


@pytest.mark.parametrize("megabytes", [4, 9, 30], ids=["received", "decided", "built"])
def test_a_full_disk_loses_nothing(tiny: Root, disk: Path, megabytes: int) -> None:
    """Of some 100 MB that the root takes in the end."""
    skills = Skills(copy(tiny, disk))
    resize(disk, megabytes)
    done = skills("run", "--as-of", AS_OF, check=False)
    assert done.returncode == 2
    assert "The disk is full, so " in done.stderr and "run again" in done.stderr
    assert "Traceback" not in done.stderr
    resize(disk, 500)
    skills("run", "--as-of", AS_OF)
    assert publication.open_current(skills.root).manifest["as_of_date"] == AS_OF
    assert (skills.root.reports / "index.html").is_file()
