"""Who turned `current`, when and why: told before it is done, spoilt by no kill."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from warehouse.store import publication_log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

NOW = dt.datetime(2026, 2, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_moves_are_read_as_they_were_told(root: Root) -> None:
    told = [
        publication_log.move("a", None, NOW),
        publication_log.move("b", "a", NOW, "李四", "数字有误"),
    ]
    for move in told:
        publication_log.add(root, move)
    assert publication_log.moves(root) == told
    assert (told[1].moved_at, told[1].chosen_by, told[1].reason) == ("2026-02-20T09:00:00+00:00", "李四", "数字有误")


def test_a_line_that_a_kill_cut_off_spoils_no_other(root: Root) -> None:
    publication_log.add(root, publication_log.move("a", None, NOW))
    root.publications.write_bytes(root.publications.read_bytes() + b'{"publication_id": "b", "bef')
    publication_log.add(root, publication_log.move("c", "a", NOW))
    assert [move.publication_id for move in publication_log.moves(root)] == ["a", "c"]


def test_a_choice_stands_until_current_moves(root: Root) -> None:
    assert publication_log.choice(root, "a") is None
    publication_log.add(root, publication_log.move("b", "a", NOW, "李四", "数字有误"))
    assert publication_log.choice(root, "a") is None
    chosen = publication_log.choice(root, "b")
    assert chosen is not None and chosen.chosen_by == "李四"
    publication_log.add(root, publication_log.move("c", "b", NOW))
    assert publication_log.choice(root, "b") is None


def test_a_line_of_another_form_is_one_sentence(root: Root) -> None:
    root.publications.write_text('{"other": 1}\n', "utf-8")
    with pytest.raises(OperatorError, match=r"publications.jsonl has a damaged line"):
        publication_log.moves(root)
