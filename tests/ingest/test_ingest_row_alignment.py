"""Rows whose cells stand under other headers than their own are told as such, and no other row is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ingest.read import read
from tests.ingest.files import delimited, xlsx

HEADERS = ("姓名", "证件类型", "证件号码", "性别", "联系电话", "服务类型", "服务日期", "人员类别", "服务机构")
ROW = (
    "张丰",
    "居民身份证",
    "11010519491231002X",
    "女",
    "13800000000",
    "退役军人就业辅导",
    "2026-01-05",
    "退役军人",
    "福田中心",
)
AT = 4
"""The place of the row that is written in another way, among the data rows from 0."""


def flaws(content: bytes) -> list[str | None]:
    table, reading = read(content, "x", "support_service")
    assert reading.problem is None
    told: list[str | None] = table["row_flaw"].to_pylist()
    return told


def with_row(*rows: Sequence[str], count: int = 10) -> list[Sequence[str]]:
    return [HEADERS, *[ROW] * AT, *rows, *[ROW] * (count - AT - 1)]


def unquoted(*rows: Sequence[str]) -> bytes:
    return "\n".join(",".join(row) for row in with_row(*rows)).encode()


def put_in(at: int, text: str = "另") -> tuple[str, ...]:
    return (*ROW[:at], text, *ROW[at:])


def left_out(at: int) -> tuple[str, ...]:
    return (*ROW[:at], *ROW[at + 1 :])


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        (ROW, None),
        ((*ROW[:-1], "福田中心,二部"), "surplus"),  # an unquoted comma in the last column moves nothing
        ((*ROW, "", "已核"), "surplus"),
        ((*ROW, "", ""), None),
        (("张丰,曾用名张峰", *ROW[1:]), "shifted"),
        ((*ROW[:1], "居民身份证,二代", *ROW[2:]), "shifted"),
        ((*ROW[:5], "退役军人,就业辅导", *ROW[6:]), "shifted"),
        ((*ROW[:5], "退役军人,就业,辅导", *ROW[6:]), "shifted"),
        ((*ROW[:5], "退役军人,就业辅导", *ROW[6:-1], ""), "shifted"),  # the last cell is empty: nothing lies beyond
        (left_out(3), "shifted"),
        (left_out(0), "shifted"),
        ((*ROW[:6], "明天", *ROW[7:]), None),  # one wrong cell is a wrong cell
        ((*ROW[:4], "无", *ROW[5:]), None),
    ],
)
def test_a_row_of_a_text_whose_cells_are_moved(row: Sequence[str], flaw: str | None) -> None:
    told = flaws(unquoted(row))
    assert told.pop(AT) == flaw
    assert set(told) == {None}


@pytest.mark.parametrize("at", [2, 4, 6])
def test_a_line_in_two_is_two_halves(at: int) -> None:
    """A line end within a value, without quotes: the first half has its cells, the second the rest."""
    told = flaws(unquoted((*ROW[:at], ROW[at][:1]), (ROW[at][1:], *ROW[at + 1 :])))
    assert told[AT : AT + 2] == ["shifted"] * 2
    assert set(told[:AT] + told[AT + 2 :]) == {None}


@pytest.mark.parametrize(
    ("row", "flaw"),
    [(put_in(2), "shifted"), (left_out(3), "shifted"), ((*ROW, "", "备注"), None), ((*ROW[:2], "无", *ROW[3:]), None)],
)
@pytest.mark.parametrize("write", [xlsx, delimited])
def test_a_cell_put_in_or_taken_out(write: Callable[..., bytes], row: Sequence[str], flaw: str | None) -> None:
    told = flaws(write(with_row(row)))
    is_beyond = write is delimited and len(row) > len(HEADERS) and flaw is None
    assert told.pop(AT) == ("surplus" if is_beyond else flaw)
    assert set(told) == {None}


def test_what_most_rows_have_is_no_matter_of_rows() -> None:
    dates = [(*ROW[:6], "26年一月五", *ROW[7:])] * 8
    assert set(flaws(delimited([HEADERS, *dates]))) == {None}
    assert set(flaws(delimited([HEADERS, *[(*ROW, "")] * 8]))) == {None}  # a comma at the end of every line
    padded = [(*HEADERS, ""), *[ROW] * 3, (*ROW, "备注"), *[ROW] * 4]
    assert set(flaws(delimited(padded))) == {None}  # a column without a header


def test_short_rows_that_lack_nothing_are_whole() -> None:
    """Programs leave out empty cells at the end of a line."""
    rows = [ROW[:-1] if at % 2 else ROW for at in range(8)]
    assert set(flaws(delimited([HEADERS, *rows]))) == {None}
