"""The formulas of a workbook find what the checks find: computed from their text, on good values and bad ones."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.utility import xl_col_to_name

from expectations import compiled, identity
from expectations.live_checks import RESULT, Place, live_checks, result
from ingest.values.dates import date
from tests.expectations.spreadsheet import EPOCH, Spreadsheet
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.choices import LONG_LISTS

JANUARY = dt.date(2026, 1, 31)
GOOD = "110105199003070017"  # a man, born on 1990-03-07
WOMAN = "11010519491231002X"
SHEET, FIRST = "明细 '表'", 4
KNOWN_FUNCTIONS = {
    *("AND", "DATEVALUE", "FIND", "IF", "IFERROR", "INDEX", "ISERROR", "ISNUMBER", "LEFT", "LEN", "MATCH", "MID"),
    *("MOD", "NOT", "OR", "RIGHT", "ROW", "SUBSTITUTE", "SUMPRODUCT", "TEXT", "TRIM", "UPPER"),
}
"""Of Excel 2007, WPS and LibreOffice alike."""


@functools.cache
def lists(dataset: str) -> tuple[dict[str, tuple[str, str]], dict[str, Any]]:
    """Ranges of spellings and codes by field, and the cells that hold them."""
    ranges, cells = {}, {}
    coded = [f for f in contract.dataset(dataset).fields if f.kind == "bool" or f.kind == "code"]
    for at, field in enumerate(field for field in coded if field.code_list not in LONG_LISTS):
        spellings = reference.aliases(str(field.code_list))
        left, right = xl_col_to_name(2 * at), xl_col_to_name(2 * at + 1)
        for row, (spelling, code) in enumerate(spellings.items(), 2):
            cells |= {f"{left}{row}": spelling, f"{right}{row}": code}
        last = len(spellings) + 1
        ranges[field.name] = (f"写法!${left}$2:${left}${last}", f"写法!${right}$2:${right}${last}")
    return ranges, cells


def told(dataset: str, rows: Sequence[Mapping[str, Any]], action: Sequence[str | None] = ()) -> list[str]:
    """What 即时核对 says of each row; cells are named by field."""
    fields = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: at for at, name in enumerate(fields, 1)}
    ranges, spellings = lists(dataset)
    place = Place(
        SHEET,
        columns,
        FIRST,
        FIRST + 9,
        {name: ranges[name] for name in fields if name in ranges},
        0 if action else None,
        JANUARY,
    )
    cells = {f"A{row}": word for row, word in enumerate(action, FIRST)}
    for number, row in enumerate(rows, FIRST):
        cells |= {f"{xl_col_to_name(columns[name])}{number}": value for name, value in row.items()}
    checks = live_checks(contract.dataset(dataset), place)
    names = {check.name: check.condition for check in checks} | {RESULT: result(checks, place)}
    book = Spreadsheet({SHEET: cells, "写法": spellings}, {SHEET: names})
    return [book.value(SHEET, f"={RESULT}", number) for number in range(FIRST, FIRST + len(rows))]


def message(dataset: str, code: str) -> str:
    return compiled.of(dataset)[code].message


def person(**cells: Any) -> dict[str, Any]:
    return {"id_type": "居民身份证", "id_no": GOOD, "sex": "男", "birth_date": "1990-03-07"} | cells


PERSONS: list[tuple[dict[str, Any], list[str]]] = [
    (person(), []),
    (person(id_type=None), []),
    (person(id_type="01", sex="1"), []),
    (person(id_no=WOMAN, sex="女性", birth_date="1949-12-31"), []),
    (person(id_no=WOMAN.lower(), sex="女", birth_date="1949.12.31"), []),
    (person(id_no="110105199003070018"), ["PN003"]),  # one cause at a time: sex and birth are not judged
    (person(id_no="11010519900307001"), ["PN002"]),
    (person(id_no="1101051990****0017"), ["PN002"]),
    (person(id_no="1.10105199003070E+17"), ["PN002"]),
    (person(id_no="110105900307001"), []),  # 15 digits: an old number
    (person(id_no="E12345678", id_type="护照"), []),
    (person(id_no="H12345678", id_type="02"), []),
    (person(id_no=None), []),
    (person(sex="女"), ["PN012"]),
    (person(sex="2"), ["PN012"]),
    (person(sex="未说明的性别"), []),
    (person(sex=None, birth_date=None), []),
    (person(sex="男人"), ["TR.sex.listed"]),
    (person(birth_date="1990-03-08"), ["PN013"]),
    (person(birth_date="1990年3月7日"), []),
    (person(birth_date="19900307"), []),
    (person(birth_date=19900307.0), []),
    (person(birth_date=(dt.date(1990, 3, 7) - EPOCH).days), []),
    (person(birth_date=(dt.date(1990, 3, 8) - EPOCH).days), ["PN013"]),
    (person(birth_date="1990/3/7"), []),
    (person(birth_date="1990/13/7"), ["TR.birth_date.type"]),
    (person(sex="女", birth_date="1990-03-08"), ["PN012", "PN013"]),
]


@pytest.mark.parametrize(("cells", "codes"), PERSONS)
def test_a_person_is_told_by_the_number(cells: dict[str, Any], codes: list[str]) -> None:
    assert told("training_record", [cells]) == ["".join(message("training_record", code) for code in codes)]


DATES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("training_class", {"start_date": "2026-01-05", "end_date": "2026-01-20"}, []),
    ("training_class", {"start_date": "2026-01-05", "end_date": "2026-01-04"}, ["TC001"]),
    ("training_class", {"start_date": "2026.1.5", "end_date": "2026年1月4日"}, ["TC001"]),
    ("training_class", {"start_date": "20260105", "end_date": "20260104"}, ["TC001"]),
    ("training_class", {"start_date": "2026/1/5", "end_date": "2026/1/5"}, []),
    ("training_class", {"start_date": "2026-01-05", "end_date": None}, []),
    ("training_class", {"start_date": "2026-02-01", "end_date": "2026-02-02"}, ["TC002"]),
    ("training_class", {"start_date": "2026-01-31", "end_date": "2026-01-31"}, []),
    ("training_class", {"start_date": "2026-02-30", "end_date": "2026-03-02"}, ["TC.start_date.type"]),
    ("training_class", {"start_date": "2026-01-05 00:00:00", "end_date": "2026-01-06"}, []),
    ("training_class", {"start_date": "46027", "end_date": "2026-01-06"}, []),  # a day as a spreadsheet counts it
    ("certificate", {"issue_date": "2026-01-05", "valid_until": "2026-01-05"}, ["CT007"]),
    ("certificate", {"issue_date": "2026-01-05", "valid_until": "2029-01-04"}, []),
    (
        "subsidy_payment",
        {"apply_date": "2026-01-03", "approve_date": "2026-01-02", "pay_date": "2026-01-05"},
        ["SP003"],
    ),
    ("subsidy_payment", {"apply_date": "2026-01-03", "approve_date": None, "pay_date": "2026-01-05"}, []),
    ("institution_directory", {"valid_from": "2026-01-03", "valid_to": "2025-01-03"}, ["IN002"]),
]


@pytest.mark.parametrize(("dataset", "cells", "codes"), DATES)
def test_dates_are_compared_however_they_are_written(dataset: str, cells: dict[str, Any], codes: list[str]) -> None:
    assert told(dataset, [cells]) == ["".join(message(dataset, code) for code in codes)]


def test_codes_and_words_of_a_list_are_known() -> None:
    rows = [{"completed": cell} for cell in ("是", "否", "1", "Y", " 是", None, "也许")]
    wrong = message("training_record", "TR.completed.type")
    assert told("training_record", rows) == ["", "", "", "", "", "", wrong]


def test_a_credit_code_is_told_by_its_check_character() -> None:
    good = "91350100M000100Y43"
    rows = [{"org_uscc": cell} for cell in (good, good.lower(), None, good[:-1], good[:-1] + "4", "O" + good[1:])]
    wrong = message("training_class", "TC.org_uscc.checksum")
    assert told("training_class", rows) == ["", "", "", wrong, wrong, wrong]


def key(class_id: str | None, id_no: str | None, id_type: str | None = None) -> dict[str, Any]:
    return {"class_id": class_id, "id_type": id_type, "id_no": id_no}


DUPLICATES: list[tuple[list[dict[str, Any]], list[str | None], list[bool]]] = [
    ([key("A", GOOD), key("B", GOOD), key("A", WOMAN)], [], [False] * 3),
    ([key("A", GOOD), key("A", GOOD)], [], [False, True]),
    ([key("A", GOOD), key("B", WOMAN), key("A", GOOD)], [], [False, False, True]),
    ([key("A", GOOD), key("a", GOOD)], [], [False, True]),  # case says nothing
    ([key("A", GOOD, "01"), key("A", GOOD)], [], [False, False]),
    ([key(None, GOOD), key(None, GOOD)], [], [False, False]),  # what a key needs is missing
    ([key("A", GOOD), key("A", GOOD)], [None, "作废"], [False, False]),
    ([key("A", GOOD), key("A", GOOD)], ["作废", None], [False, False]),
    ([key("A", GOOD), key("A", GOOD), key("A", GOOD)], ["作废", None, "保留此条"], [False, True, True]),
    ([key("A", "110105199003070017"), key("A", "110105199003070025")], [], [False, False]),  # 15 digits alike
]


@pytest.mark.parametrize(("rows", "action", "doubled"), DUPLICATES)
def test_a_row_on_a_key_that_stands_above_is_told(
    rows: list[dict[str, Any]], action: list[str | None], doubled: list[bool]
) -> None:
    assert ["重复" in text for text in told("training_record", rows, action)] == doubled


def test_a_row_that_is_withdrawn_is_not_judged() -> None:
    wrong = person(id_no="110105199003070018")
    assert told("training_record", [wrong, wrong | {"id_no": WOMAN}], ["作废", None])[0] == ""


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}[0-9X]", fullmatch=True),
    st.booleans(),
)
def test_the_checksum_is_the_engines(number: str, mended: bool) -> None:
    if mended:
        total = sum(int(digit) * weight for digit, weight in zip(number, identity.WEIGHTS, strict=False))
        number = number[:17] + "10X98765432"[total % 11]
    is_right = duckdb.sql(f"select {identity.resident_check('id_no')} from (select '{number}' as id_no)").fetchone()
    said = told("attendance", [{"id_no": number}])[0]
    assert (message("attendance", "PN003") not in said) is bool(is_right and is_right[0])


FORMS = (
    "{:%Y-%m-%d}",
    "{:%Y/%m/%d}",
    "{:%Y.%m.%d}",
    "{:%Y%m%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}-{0.month}-{0.day}",
)


@settings(max_examples=100, deadline=None)
@given(
    st.dates(dt.date(2020, 1, 1), JANUARY),
    st.integers(-40, 40),
    st.sampled_from(FORMS),
    st.sampled_from(FORMS),
)
def test_the_order_of_dates_is_the_readers(start: dt.date, days: int, left: str, right: str) -> None:
    end = start + dt.timedelta(days=days)
    cells = {"start_date": left.format(start), "end_date": right.format(end)}
    assert [date(text) for text in cells.values()] == [start, end]
    assert told("training_class", [cells]) == [message("training_class", "TC001") if days < 0 else ""]


@pytest.mark.parametrize("name", contract.names())
def test_only_functions_that_all_programs_know(name: str) -> None:
    dataset = contract.dataset(name)
    columns = {field.name: at for at, field in enumerate(dataset.fields)}
    place = Place("数据", columns, 3, 5002, lists(name)[0], None, JANUARY)
    checks = live_checks(dataset, place)
    for formula in [*(check.condition for check in checks), result(checks, place)]:
        assert len(formula) < 8192
        assert "{" not in formula  # no constant array: a colour may hold none
        assert set(re.findall(r"([A-Z][A-Z0-9.]+)\(", formula)) <= KNOWN_FUNCTIONS
    assert all('"' not in check.message for check in checks)
    assert any(set(check.fields) == set(dataset.key) & columns.keys() for check in checks)
