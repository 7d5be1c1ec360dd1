"""Reports are written from what stands: without a publication, without a register, with one lost file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.pipeline import run as steps
from tests.ingest.files import HEADERS, ROW, xlsx
from warehouse.store import keys, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

DAY = clock.today()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """Two departments have sent a file with a row that is held."""
    data_root = Root(tmp_path / "data").make()
    keys.make_key(data_root)
    for department in ("CAB", "EDU"):
        path = data_root.inbox / department / "training_record_2026-01.xlsx"
        path.parent.mkdir()
        wrong = (*ROW[:2], f"SZ-{department}-0001", ROW[3], "x" * 3, *ROW[5:])
        path.write_bytes(xlsx([HEADERS, ROW, ("",) * 2 + wrong[2:]]))
    return data_root


@pytest.fixture
def run(root: Root) -> Iterator[steps.Run]:
    opened = steps.Run(root, DAY, clock.now())
    opened.open()
    yield opened
    opened.close()


def decide(run: steps.Run) -> None:
    steps.pull(run, "training_record")
    steps.decide(run, "training_record", steps.undecided(run.root, "training_record"))


def test_before_anything_is_judged_the_rules_have_pages(run: steps.Run) -> None:
    assert [name for name, _ in steps.report(run)] == ["rules"]
    assert "Nothing has been judged yet" in run.notes[0]


def test_before_the_first_publication_submissions_have_pages(run: steps.Run) -> None:
    decide(run)
    steps.judge(run)
    changed = dict(steps.report(run))
    assert changed["CAB"] and changed["EDU"] and "bureau" not in changed
    assert "wait for the first publication" in run.notes[0]


def test_lost_held_rows_stop_their_own_page_only(run: steps.Run) -> None:
    decide(run)
    decisions = {options[0].submission.department: options[0] for options in register.decisions(run.root).values()}
    assert decisions["CAB"].rows.held
    lost = run.root.held_file(decisions["CAB"])
    lost.unlink()
    steps.judge(run)
    changed = dict(steps.report(run))
    assert changed["EDU"] and not changed["CAB"]
    assert any(f"The held rows {lost} are gone" in note and "restore the file" in note for note in run.notes)


def test_a_vanished_inbox_is_one_sentence(root: Root) -> None:
    run = steps.Run(root, DAY, clock.now())
    shutil.rmtree(root.inbox)
    with pytest.raises(OperatorError, match=f"The inbox {root.inbox} is gone .* mount or restore it"):
        run.open()
    assert not root.inbox.exists()
