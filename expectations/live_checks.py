"""Checks that a workbook makes while it is filled in: the most usual ones again, as formulas of a spreadsheet.

What is wrong is worded by the compiled checks, orders of dates are taken from them too. Only functions that Excel 2007,
WPS and LibreOffice know are used; each condition is a name of its sheet, since a colour's formula may look at no other
sheet, and 5,000 rows would repeat it. They suggest and forbid nothing: what counts is the check after sending. Ends at
formulas.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_col_to_name

from expectations import compiled
from expectations.identity import USCC_ALPHABET, WEIGHTS
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.correction_columns import WITHDRAW

RESULT = "即时核对结果"
"""The name whose value in a row is all that is wrong with it, in words; empty where nothing is."""
_NAME = "即时核对_"
_ORDER = re.compile(r"(\w+) (<=|<|>) (\w+)")
_NOT_BEFORE = re.compile(r"NOT \((\w+) >= (\w+) OR \1 IS NULL AND \2 IS NULL\)")
"""How Great Expectations writes that one date is not before another."""
_PERIOD_END = "period_end_date"
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_RESIDENT, _MALE, _FEMALE = "01", "1", "2"
_LONGEST_FORMULA = 8192


@dataclass(frozen=True)
class Place:
    """Where a table stands.

    `columns`: field → column, from 0; `first`, `last`: its rows, from 1; `action`: the column of 处理方式, whose rows
    that are 作废 are not judged; `spellings`: field → the range of what is understood for its codes, and the range of
    the codes beside. `period_end`: last day of the period; null where that is not known.
    """

    sheet: str
    columns: Mapping[str, int]
    first: int
    last: int
    spellings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    action: int | None = None
    period_end: dt.date | None = None

    def cell(self, column: int) -> str:
        """The cell of a column in the row in which a name stands: written as seen from the first row."""
        return f"{self._quoted}!${xl_col_to_name(column)}1"

    def all_rows(self, column: int) -> str:
        letter = xl_col_to_name(column)
        return f"{self._quoted}!${letter}${self.first}:${letter}${self.last}"

    @property
    def _quoted(self) -> str:
        return "'" + self.sheet.replace("'", "''") + "'"


@dataclass(frozen=True)
class LiveCheck:
    """`condition` is true in a row where `message` holds of `fields`."""

    name: str
    fields: tuple[str, ...]
    message: str
    condition: str


def live_checks(dataset: Dataset, place: Place) -> list[LiveCheck]:
    """The checks of the columns that are there, in the order in which they are told."""
    conditions = [
        check
        for check in (
            *_persons(dataset, place),
            *_credit_codes(dataset, place),
            *_lists(dataset, place),
            *_dates(dataset, place),
            *_key(dataset, place),
        )
        if set(check.fields) <= place.columns.keys()
    ]
    return [
        LiveCheck(f"{_NAME}{number}", check.fields, check.message, f"IFERROR({check.condition},FALSE)")
        for number, check in enumerate(conditions, 1)
    ]


def result(checks: list[LiveCheck], place: Place) -> str:
    """The formula behind `RESULT`."""
    told = "&".join(f'IF({check.name},"{check.message}","")' for check in checks) or '""'
    if place.action is not None:
        told = f'IF({place.cell(place.action)}="{WITHDRAW}","",{told})'
    if len(told) > _LONGEST_FORMULA:
        raise ValueError(f"The live check of {place.sheet} has {len(told)} characters.")
    return told


def dates_within_period(dataset: Dataset) -> list[str]:
    """The dates of a row that must not lie after the period's last day."""
    orders = [order for check in compiled.load(dataset.name) for order in _orders(check.condition or "")]
    return list(dict.fromkeys(left for left, sign, right in orders if (sign, right) == (">", _PERIOD_END)))


@dataclass(frozen=True)
class _Condition:
    fields: tuple[str, ...]
    message: str
    condition: str


def _said(dataset: Dataset, code: str) -> str:
    """What the compiled check says; no quotation mark of a formula stands in it."""
    return compiled.of(dataset.name)[code].message


def _cell(place: Place, name: str) -> str:
    return place.cell(place.columns[name])


def _code(place: Place, name: str) -> str:
    """The code that the row's cell means; an error for what means none."""
    spellings, codes = place.spellings[name]
    return f'INDEX({codes},MATCH(TRIM({_cell(place, name)}&""),{spellings},0))'


def _persons(dataset: Dataset, place: Place) -> Iterator[_Condition]:
    """The number's form and check character, then sex and birth date against it, one cause at a time."""
    for number in dataset.fields:
        if number.kind != "id" or number.name not in place.columns:
            continue
        cell = _cell(place, number.name)
        is_resident = "TRUE"
        if number.id_type in place.spellings:
            kind = _cell(place, str(number.id_type))
            is_resident = f'OR({kind}="",IFERROR({_code(place, str(number.id_type))}="{_RESIDENT}",FALSE))'
        has_form = f"OR(AND(LEN({cell})=15,ISNUMBER(-{cell})),AND(LEN({cell})=18,ISNUMBER(-LEFT({cell},17))))"
        total = "+".join(f"MID({cell},{at},1)*{weight}" for at, weight in enumerate(WEIGHTS, 1))
        differs = f'MID("10X98765432",MOD({total},11)+1,1)<>UPPER(RIGHT({cell},1))'
        is_wrong = f"IF(LEN({cell})=18,IFERROR({differs},FALSE),FALSE)"
        is_right = f"IF(LEN({cell})=18,NOT(IFERROR({differs},TRUE)),FALSE)"
        has_no_form = f'AND({cell}<>"",{is_resident},NOT({has_form}))'
        if number.name != "id_no":
            yield _Condition((number.name,), _said(dataset, "SP007"), f"OR({has_no_form},{is_wrong})")
            continue
        yield _Condition((number.name,), _said(dataset, "PN002"), has_no_form)
        yield _Condition((number.name,), _said(dataset, "PN003"), is_wrong)
        checks = compiled.of(dataset.name)
        if "PN012" in checks and "sex" in place.spellings:
            sex, is_man = _code(place, "sex"), f"MOD(MID({cell},17,1),2)=1"
            unlike = f'OR(AND({is_man},{sex}="{_FEMALE}"),AND(NOT({is_man}),{sex}="{_MALE}"))'
            yield _Condition(("sex", "id_no"), _said(dataset, "PN012"), f"IF({is_right},{unlike},FALSE)")
        if "PN013" in checks and "birth_date" in place.columns:
            day = _day(_cell(place, "birth_date"))
            inside = f'DATEVALUE(TEXT(MID({cell},7,8),"0000-00-00"))'
            is_other = f'IF({_cell(place, "birth_date")}="",FALSE,{day}<>{inside})'
            yield _Condition(("birth_date", "id_no"), _said(dataset, "PN013"), f"IF({is_right},{is_other},FALSE)")


def _credit_codes(dataset: Dataset, place: Place) -> Iterator[_Condition]:
    for code in dataset.fields:
        if code.kind == "uscc" and code.name in place.columns:
            cell = _cell(place, code.name)
            total = "+".join(
                f'(FIND(MID(UPPER({cell}),{at + 1},1),"{USCC_ALPHABET}")-1)*{pow(3, at, 31)}' for at in range(17)
            )
            check = f'MID("{USCC_ALPHABET}",MOD(31-MOD({total},31),31)+1,1)'
            condition = f'AND({cell}<>"",IFERROR(OR(LEN({cell})<>18,{check}<>UPPER(RIGHT({cell},1))),TRUE))'
            yield _Condition((code.name,), _said(dataset, f"{dataset.prefix}.{code.name}.checksum"), condition)


def _lists(dataset: Dataset, place: Place) -> Iterator[_Condition]:
    """Cells that mean none of the codes of a short list; several codes in one cell are left to the check."""
    for coded in dataset.fields:
        if coded.name in place.spellings and coded.name in place.columns and coded.kind != "list":
            kind = "type" if coded.kind == "bool" else "listed"
            cell = _cell(place, coded.name)
            condition = f'AND({cell}<>"",ISERROR({_code(place, coded.name)}))'
            yield _Condition((coded.name,), _said(dataset, f"{dataset.prefix}.{coded.name}.{kind}"), condition)


def _dates(dataset: Dataset, place: Place) -> Iterator[_Condition]:
    """Dates that do not exist, then those that lie before each other or after the period."""
    days = {day.name: day for day in dataset.fields if day.kind == "date" and day.name in place.columns}
    for name in days:
        cell = _cell(place, name)
        # Five digits may be a day as a spreadsheet counts it.
        condition = f"AND(LEN({cell})>5,ISERROR({_day(cell)}))"
        yield _Condition((name,), _said(dataset, f"{dataset.prefix}.{name}.type"), condition)
    for check in compiled.load(dataset.name):
        orders = _orders(check.condition or "") if check.severity != "info" else ()
        if orders and all(_is_known(order, days, place) for order in orders):
            conditions = [_compared(order, place) for order in orders]
            condition = conditions[0] if len(conditions) == 1 else f"OR({','.join(conditions)})"
            yield _Condition(tuple(name for name in check.fields if name in days), check.message, condition)


@functools.cache
def _orders(condition: str) -> tuple[tuple[str, str, str], ...]:
    """The comparisons of which any makes a row bad; none where the condition is anything else."""
    if match := _NOT_BEFORE.fullmatch(condition):
        return ((match[1], "<", match[2]),)
    matches = [_ORDER.fullmatch(part) for part in condition.split(" or ")]
    return tuple((match[1], match[2], match[3]) for match in matches if match) if all(matches) else ()


def _is_known(order: tuple[str, str, str], days: Mapping[str, Field], place: Place) -> bool:
    """Two dates of the row, or one against the period's last day."""
    left, _, right = order
    return left in days and (right in days or (right == _PERIOD_END and place.period_end is not None))


def _compared(order: tuple[str, str, str], place: Place) -> str:
    left, sign, right = order
    cell = _cell(place, left)
    if right == _PERIOD_END and place.period_end is not None:
        return f'IF({cell}="",FALSE,IFERROR({_day(cell)}{sign}{(place.period_end - _EXCEL_EPOCH).days},FALSE))'
    other = _cell(place, right)
    return f'IF(OR({cell}="",{other}=""),FALSE,IFERROR({_day(cell)}{sign}{_day(other)},FALSE))'


def _day(cell: str) -> str:
    """A cell's day as a number: a real date, eight digits, or year, month and day with 年月日, points or strokes.

    Eight digits are told by what 99 behind them leaves a number: behind a day it leaves no day.
    """
    dashed = cell
    for mark, instead in (("年", "-"), ("月", "-"), ("日", ""), (".", "-"), ("/", "-")):
        dashed = f'SUBSTITUTE({dashed},"{mark}","{instead}")'
    text = f'IF(ISNUMBER(-({cell}&"99")),TEXT({cell},"0000-00-00"),{dashed})'
    return f"IF(AND(ISNUMBER({cell}),{cell}<9999999),{cell},DATEVALUE({text}))"


def _key(dataset: Dataset, place: Place) -> Iterator[_Condition]:
    """A row on a key that a row above has too. The rows above are looked at only where the most telling part of the key
    stands there: comparing every row with all others takes seconds at 5,000 rows."""
    needed = [name for name in dataset.key if dataset.field(name).required]
    if not set(needed) <= place.columns.keys():
        return
    parts = [name for name in dataset.key if name in place.columns]
    telling = min(needed or parts, key=lambda name: _TELLING.get(dataset.field(name).kind, len(_TELLING)))
    cell, column = _cell(place, telling), place.all_rows(place.columns[telling])
    is_alike = [f"({place.all_rows(place.columns[name])}={_cell(place, name)})" for name in parts]
    if place.action is not None:
        is_alike.append(f'({place.all_rows(place.action)}<>"{WITHDRAW}")')
    is_above = f"MATCH({cell},{column},0)<ROW({cell})-{place.first - 1}"
    present = ",".join(f'{_cell(place, name)}<>""' for name in needed or [telling])
    titles = "、".join(dataset.field(name).title for name in dataset.key)
    yield _Condition(
        tuple(parts),
        f"与上面的一行重复（{titles}相同）。",
        f"IF(AND({present}),IF({is_above},SUMPRODUCT({'*'.join(is_alike)}*1)>1,FALSE),FALSE)",
    )


_TELLING = {kind: rank for rank, kind in enumerate(("id", "text", "uscc", "id_or_uscc", "date"))}
"""Kinds of fields of a key, the one first that fewest rows share."""
