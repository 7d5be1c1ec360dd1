from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages import words


@given(st.integers(1, 10**7), st.data())
def test_a_share_is_100_percent_only_when_it_is_the_whole(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole) | st.just(whole - 1))
    assert (words.share(part, whole) == "100%") == (part == whole)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (99.97, "99.9%"),
        (100, "100%"),
        (Decimal("0.01"), "不到 0.1%"),
        (0, "0%"),
        (None, "—"),
        (float("nan"), "—"),
        (63.0, "63%"),
        (58.34, "58.3%"),
    ],
)
def test_percent(value: float | Decimal | None, shown: str) -> None:
    assert words.percent(value) == shown


def test_a_share_of_nothing_is_no_share() -> None:
    assert words.share(0, 0) == "—"


@pytest.mark.parametrize(("value", "shown"), [(1234567, "1,234,567"), (3.999, "3.99"), (5.0, "5"), (None, "—")])
def test_number(value: float | None, shown: str) -> None:
    assert words.number(value) == shown


def test_moments_are_told_by_the_clock_in_shenzhen() -> None:
    assert words.moment(dt.datetime(2026, 2, 9, 16, 30)) == "2026年2月10日 00:30"
    assert words.moment(dt.datetime(2026, 2, 9, 16, 30, tzinfo=dt.UTC)) == "2026年2月10日 00:30"


def test_units_departments_and_periods_have_chinese_names() -> None:
    assert words.unit("HRSS.440305") == "市人力资源保障局·南山区"
    assert words.unit("CAB") == "市民政局"
    assert words.district("HRSS.SZ-DP") == "大鹏新区"
    assert words.district("HRSS") == "市级部门"
    assert words.period_title("2026-H1") == "2026年上半年"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("名单440301199001011234.xlsx", "名单44**************34.xlsx"),
        ("名单4403\u200b01199001011234.xlsx", "名单44**************34.xlsx"),
        ("电话13800138000", "电话138******00"),
        ("身份\n证号", "身份 证号"),
        ("\u202excod.exe", "xcod.exe"),
        ("张\ue000", "张\ufffd"),
        (None, ""),
    ],
)
def test_what_a_sender_named_is_shown_on_one_line_without_identifiers(sent: str | None, shown: str) -> None:
    assert words.plain(sent) == shown


def test_our_sentences_get_full_width_punctuation_and_values_in_them_stay() -> None:
    told = words.prose("核对日期,改好(整份)后重报:1,240 行;见 a,b")
    assert told == "核对日期\uff0c改好\uff08整份\uff09后重报\uff1a1,240 行\uff1b见 a,b"


def test_long_texts_are_cut() -> None:
    assert len(words.short("长" * 5_000)) == words.SHOWN_CHARACTERS
