"""The words of 处理方式 as clerks spell them, and places of rows as one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.vocabulary.correction_columns import (
    ACTIONS,
    ROWS,
    Action,
    action,
    packed,
    place,
    row_names,
    shown,
    unpacked,
    written_rows,
)

SPELLED: dict[str, Action] = {
    "作废": "withdraw",
    "删除": "withdraw",
    "不要": "withdraw",
    "撤销": "withdraw",
    "取消": "withdraw",
    "重复": "withdraw",
    "不要了": "withdraw",
    "（重复）": "withdraw",
    "重复，删除": "withdraw",
    " 作 废。": "withdraw",
    "更正": "correct",
    "已修改": "correct",
    "已改": "correct",
    "改了": "correct",
    "已改！": "correct",
    "说明": "explain",
    "属实": "explain",
}


@pytest.mark.parametrize(("spelled", "meant"), SPELLED.items())
def test_what_clerks_write_is_understood(spelled: str, meant: Action) -> None:
    assert action(spelled) == meant


@pytest.mark.parametrize("unknown", [None, "", " ", "？", "待定", "删", "不要改", "不删除", "作废？还是更正"])
def test_what_may_mean_anything_means_nothing(unknown: str | None) -> None:
    assert action(unknown) is None


def test_the_words_that_are_offered_are_four() -> None:
    assert list(ACTIONS) == ["更正", "作废", "说明", "保留此条"]


SHEETS = st.one_of(st.none(), st.sampled_from(["Sheet1", "1-2月", "a,b", "明细!2", 'x"y']))
PLACES = st.sets(st.tuples(SHEETS, st.integers(1, 3_000)), max_size=400)


@given(PLACES)
def test_places_come_back_from_one_text(rows: set[tuple[str | None, int]]) -> None:
    places = {place(sheet, row) for sheet, row in rows}
    assert set(unpacked(packed(places))) == places
    names = row_names(places)
    assert all(len(text) <= 255 and name.startswith(ROWS) for name, text in names.items())
    shuffled = [("other", "1-3"), *reversed(names.items())]
    assert set(written_rows(shuffled)) == places


def test_runs_are_short() -> None:
    assert packed(["明细!2", "明细!3", "明细!4", "明细!9"]) == "明细!2-4,9"
    assert len(row_names(place("明细", row) for row in range(2, 5_000, 2))) < 60


@pytest.mark.parametrize("text", ["", "abc", "明细!a-b", "1-99999999999", "2,,3", "-"])
def test_a_text_that_is_not_ours_says_nothing(text: str) -> None:
    assert unpacked(text) == []
    assert written_rows([(f"{ROWS}1", text), (f"{ROWS}x", "2-3")]) == []


def test_places_are_named_to_a_clerk() -> None:
    assert shown(["明细!5", "明细!9"], 20) == "第 5、9 行"
    assert shown(["5"], 20) == "第 5 行"
    assert shown(["市区!5", "区县!6", "区县!7"], 20) == "“市区”第 5 行，“区县”第 6、7 行"
    assert shown([f"明细!{row}" for row in range(2, 9)], 3) == "第 2、3、4 行等"
