"""Layouts of a root: each has its step, steps go in order and on after a kill, and nothing uses a root that is not of
this program's layout. What a step itself does is tested with it: the first in test_orchestration_renewal.py."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.pool import Pool
from orchestration.pipeline import migrations
from orchestration.pipeline.run import Run
from tests.orchestration import stored
from tests.test_house import PROJECT
from warehouse.store import house, keys, lock
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture
def root(laid: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    shutil.copytree(laid.path, tmp_path / "data")
    monkeypatch.setenv("SKILLS_KEY", stored.KEY.secret.hex())
    return Root(tmp_path / "data")


def settle(root: Root, readers: Pool) -> None:
    run = stored.prepared(root, readers, None)
    try:
        migrations.settle(run)
    finally:
        run.close()


class Steps:
    """Two later layouts, whose steps write a file each; the first may be killed when it has half done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[int] = []
        self.is_killed = False
        monkeypatch.setattr(house, "LAYOUT", 4)
        monkeypatch.setattr(migrations, "steps", lambda: {2: self._second, 3: self._third, 4: self._fourth})

    def _second(self, run: Run) -> None:
        raise AssertionError("the root is of layout 2")

    def _third(self, run: Run) -> None:
        assert lock.holder(run.root, "build") and lock.holder(run.root, "intake")
        (run.root.path / "third").write_text("half", "utf-8")
        if self.is_killed:
            raise KeyboardInterrupt
        (run.root.path / "third").write_text("whole", "utf-8")
        self.done.append(3)

    def _fourth(self, run: Run) -> None:
        assert (run.root.path / "third").read_text("utf-8") == "whole"
        self.done.append(4)


def test_every_layout_has_its_step() -> None:
    assert list(migrations.steps()) == list(range(2, house.LAYOUT + 1))


def test_the_changelog_says_what_an_upgrade_to_each_layout_does() -> None:
    told = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert [number for number in migrations.steps() if f"layout {number}:" not in told] == []


def test_steps_go_in_order_and_once(root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    settle(root, readers)
    assert steps.done == [3, 4]
    present = house.read(root)
    assert present is not None and (present.layout, present.key_id) == (4, stored.KEY.key_id)
    settle(root, readers)
    assert steps.done == [3, 4]


def test_a_killed_step_goes_on_and_until_then_nothing_uses_the_root(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps(monkeypatch)
    steps.is_killed = True
    with pytest.raises(KeyboardInterrupt):
        settle(root, readers)
    with pytest.raises(OperatorError, match=r"has layout 2, this program works with 4: call skills run"):
        keys.load_key(root)
    steps.is_killed = False
    settle(root, readers)
    assert steps.done == [3, 4]
    keys.load_key(root)


def test_a_root_of_a_later_program_is_refused(root: Root, readers: Pool) -> None:
    present = house.read(root)
    assert present is not None
    house.write(root, house.House(present.key_id, present.token_algorithm, house.LAYOUT + 1))
    before = stored.tree(root.received, root.decided)
    with pytest.raises(OperatorError, match="use a newer version of it"):
        settle(root, readers)
    assert stored.tree(root.received, root.decided) == before
