"""Checks without a source are listed, and a list that is not whole is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from expectations import missing_source as module
from expectations.missing_source import missing_sources
from warehouse.vocabulary import reference
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    module.missing_sources.cache_clear()
    yield
    module.missing_sources.cache_clear()


def test_each_is_listed_once_and_said_in_words() -> None:
    codes = [source.code for source in missing_sources()]
    assert len(codes) == len(set(codes)) == 7
    assert all(source.reason.endswith("无法核对。") and source.what for source in missing_sources())


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"code": "R06", "datasets": "training_record", "what_zh": "甲", "reason_zh": ""}, "row 2: fill code"),
        ({"code": "R06", "datasets": "training_record", "reason_zh": "乙"}, "row 2: fill code"),
        (
            {"code": "R06", "datasets": "training_record;pupils", "what_zh": "甲", "reason_zh": "乙"},
            "no dataset pupils",
        ),
    ],
)
def test_a_row_that_is_not_whole_is_refused(
    monkeypatch: pytest.MonkeyPatch, row: dict[str, str], complaint: str
) -> None:
    monkeypatch.setattr(reference, "table", lambda name: (row,))
    with pytest.raises(OperatorError, match=complaint):
        missing_sources()
