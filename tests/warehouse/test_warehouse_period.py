"""Periods as people write them, and due days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.vocabulary import period


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("training_record_2026-01.xlsx", "2026-01"),
        ("培训人次实名制明细_2026年1月.xls", "2026-01"),
        ("SZEMB_certificate_202601.csv", "2026-01"),
        ("2026.11", "2026-11"),
        ("2026_03_x", "2026-03"),
        ("覆盖情况2026年上半年", "2026-H1"),
        ("2025H2", "2025-H2"),
        ("2026年第二季度", "2026-Q2"),
        ("2026-Q3", "2026-Q3"),
        ("工资价位2026年度", "2026"),
        ("2025年", "2025"),
        ("2026年12月31日", "2026-12"),
    ],
)
def test_find(text: str, name: str) -> None:
    assert str(period.find(text)) == name


@pytest.mark.parametrize("text", ["", "training_record", "1999-01", "2026-13", "202613"])
def test_no_period_is_no_month(text: str) -> None:
    named = period.find(text)
    assert named is None or named.cadence == "yearly"


@given(st.integers(2020, 2035), st.sampled_from([1, 3, 6, 12]), st.integers(0, 11))
def test_text_and_period_are_one(year: int, months: int, month: int) -> None:
    named = period.Period(dt.date(year, month - month % months + 1, 1), months)
    assert period.parse(str(named)) == named
    assert period.parse(named.title) == named
    assert named.following.start == named.end + dt.timedelta(days=1)


def test_due_moves_to_the_next_working_day() -> None:
    january = period.parse("2026-01")
    assert january
    assert period.due_date(january, 1, 10) == dt.date(2026, 2, 10)
    assert period.due_date(period.parse("2025") or january, 1, 31) == dt.date(2026, 2, 2)  # a Saturday before
    assert period.due_date(period.parse("2026") or january, -12, 31) == dt.date(2025, 12, 31)
    september = period.parse("2025-09")
    assert september
    assert period.due_date(september, 1, 1) == dt.date(2025, 10, 9)  # after the National Day week


def test_a_makeup_saturday_is_a_working_day() -> None:
    assert period.is_workday(dt.date(2025, 10, 11))
    assert not period.is_workday(dt.date(2025, 10, 12))


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        ("2026-03-11", 0, "2026-03-11"),
        ("2026-03-11", 2, "2026-03-13"),
        ("2026-03-13", 2, "2026-03-17"),  # over a weekend
        ("2025-12-31", 2, "2026-01-05"),  # Sunday the 4th is worked instead of Friday the 2nd
    ],
)
def test_working_days_after_a_day(day: str, count: int, last: str) -> None:
    assert period.workdays_after(dt.date.fromisoformat(day), count) == dt.date.fromisoformat(last)
