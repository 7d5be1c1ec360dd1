"""Who may release what is held back, and the sentence for who may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.cli import terminal
from orchestration.pipeline import sign_off
from tests.warehouse.published import A, publish, row
from warehouse.published import publication
from warehouse.store import held_back, records
from warehouse.store.data_root import Root
from warehouse.store.held_back import Failure, HoldBack
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A publication that holds one row of A back."""
    data_root = Root(tmp_path / "data").make()
    held_back.write(
        data_root,
        HoldBack(
            (Failure(A, "codes_are_listed", "occupation_code", 4, 5),),
            before={"T09|main|2026": "3"},
            after={"T09|main|2026": "2"},
        ),
    )
    publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1})
    return data_root


def test_what_is_held_back_is_released_with_a_name_and_a_reason(root: Root) -> None:
    before = records.version(root)
    sign_off.release(root, A, " 张三 ", " 已电话核实 ")
    [release] = records.read(root, records.Release)
    assert (release.submission_id, release.released_by, release.reason) == (A, "张三", "已电话核实")
    assert records.version(root) != before  # so that the next run builds


@pytest.mark.parametrize(
    ("submission_id", "by", "reason", "said"),
    [
        ("other", "张三", "x", f"other is not held back in .*: it holds back {A}"),
        (A, "张三", " ", "needs a reason"),
        (A, " ", "x", "releaser needs a name"),
    ],
)
def test_what_cannot_be_released_is_one_sentence(
    root: Root, submission_id: str, by: str, reason: str, said: str
) -> None:
    with pytest.raises(OperatorError, match=said):
        sign_off.release(root, submission_id, by, reason)
    assert records.read(root, records.Release) == []


def test_without_anything_held_back_there_is_nothing_to_release(tmp_path: Path) -> None:
    data_root = Root(tmp_path / "data").make()
    with pytest.raises(OperatorError, match="Nothing has been published yet"):
        sign_off.release(data_root, A, "张三", "x")
    published = publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1})
    with pytest.raises(OperatorError, match="it holds nothing back"):
        sign_off.release(data_root, A, "张三", "x")
    assert terminal.held_back(published) == []


def test_the_command_line_tells_row_field_test_and_figures(root: Root) -> None:
    assert terminal.held_back(publication.open_current(root)) == [
        f"暂缓入库，市局处理中：{A}（None）第 5 行，occupation_code，codes_are_listed",
        "  T09 main 2026：计入为 3，发布为 2",
    ]
