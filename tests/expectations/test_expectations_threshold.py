"""Values that change with the date: what a row gets, and what a table must not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from expectations import threshold as module
from expectations.threshold import threshold
from warehouse.vocabulary import reference
from warehouse.vocabulary.errors import OperatorError

FACTS = {"unit": "岁", "what_zh": "年龄", "basis": "约定"}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    module._spans.cache_clear()
    yield
    module._spans.cache_clear()


def replace_table(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> None:
    table = tuple({"name": "age"} | row | FACTS for row in rows)
    monkeypatch.setattr(reference, "table", lambda name: table)


def at(day: str | None, name: str = "age") -> object:
    row = duckdb.execute(f"select {threshold(name, 'day')} from (select cast(? as date) as day)", [day]).fetchone()
    return row and row[0]


def test_the_date_of_the_row_chooses_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    replace_table(
        monkeypatch,
        {"since": "", "until": "2024-12-31", "value": "60"},
        {"since": "2025-01-01", "until": "2025-05-31", "value": "60.5"},
    )
    assert [float(str(at(day))) for day in ("1990-01-01", "2024-12-31", "2025-01-01", "2025-05-31")] == [
        60,
        60,
        60.5,
        60.5,
    ]
    assert at("2025-06-01") is None
    assert at(None) is None


def test_a_value_without_dates_holds_always_but_not_without_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    replace_table(monkeypatch, {"since": "", "until": "", "value": "12"})
    assert at("1990-01-01") == 12
    assert at(None) is None


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (
            [{"since": "", "until": "", "value": "1"}, {"since": "2025-01-01", "until": "", "value": "2"}],
            r"row 3 \(age\): it overlaps",
        ),
        (
            [{"since": "", "until": "2025-01-01", "value": "1"}, {"since": "2025-01-01", "until": "", "value": "2"}],
            r"row 3 \(age\): it overlaps",
        ),
        (
            [
                {"since": "2025-01-01", "until": "2025-12-31", "value": "1"},
                {"since": "", "until": "2024-12-31", "value": "2"},
            ],
            r"row 3 \(age\): it overlaps",
        ),
        (
            [{"since": "", "until": "2024-12-31", "value": "1"}, {"since": "2025-02-01", "until": "", "value": "2"}],
            r"row 3 \(age\): no value is given from 2025-01-01 to 2025-01-31",
        ),
        ([{"since": "2025-01-02", "until": "2025-01-01", "value": "1"}], r"row 2 \(age\): it ends before it begins"),
        ([{"since": "January", "until": "", "value": "1"}], r"row 2 \(age\): since is no date"),
        ([{"since": "", "until": "", "value": "viele"}], r"row 2 \(age\): value is no number"),
        ([{"since": "", "until": "", "value": ""}], r"row 2 \(age\): value is empty"),
        ([{"since": "", "until": None, "value": "1"}], r"row 2 \(age\): the columns are"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(
    monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], complaint: str
) -> None:
    replace_table(monkeypatch, *rows)
    with pytest.raises(OperatorError, match=complaint):
        threshold("age", "day")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(OperatorError, match="has no class_size; known are training_age_min"):
        threshold("class_size", "day")


def test_the_age_limit_rises_with_the_law() -> None:
    limit = "training_age_max_male_months"
    assert [at(day, limit) for day in ("2024-12-31", "2025-01-01", "2026-03-31", "2026-04-01")] == [720, 721, 723, 724]
