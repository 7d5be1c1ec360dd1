"""Typed values in a department's dialect: headers and cells of one dataset for all its files at once.

Not here: the dialects (`dialects.py`), how cells become bytes (`formats.py`). Ends at columns and file names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from demo.dialects import DateStyle, Dialect
from demo.rows import Array, Rows, either, is_blank
from ingest.feed import Feed
from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import Field, dataset
from warehouse.vocabulary.period import Period

Cell = str | float | dt.date | None
_EPOCH = np.datetime64("1899-12-30")
_LEVELS: dict[str, dict[str, str]] = {
    "short": {"1": "一级", "2": "二级", "3": "三级", "4": "四级", "5": "五级"},
    "worker": {"1": "高级技师", "2": "技师", "3": "高级工", "4": "中级工", "5": "初级工"},
    "both": {"1": "一级(高级技师)", "2": "二级(技师)", "3": "三级(高级工)", "4": "四级(中级工)", "5": "五级(初级工)"},
    "slash": {"1": "高级技师/一级", "2": "技师/二级", "3": "高级工/三级", "4": "中级工/四级", "5": "初级工/五级"},
    "old": {
        "1": "国家职业资格一级",
        "2": "国家职业资格二级",
        "3": "国家职业资格三级",
        "4": "国家职业资格四级",
        "5": "国家职业资格五级",
    },
    "code": {},
}
_ALWAYS_CODES = frozenset({"occupations_2022", "gbt2260", "gbt4754_2017", "metric"})
_NARROW_UNITS = frozenset({"xlsx", "xls"})


@dataclass(frozen=True)
class Column:
    """A column as sent: its header, and a cell per row (None: empty)."""

    header: str
    field: str | None
    cells: list[Cell]


def header(field: Field, dialect: Dialect, feed: Feed) -> str:
    """The wording of a column's header in this feed."""
    of_feed = {name: text for text, name in feed.headers.items()}
    if field.name in of_feed:
        return of_feed[field.name]
    if dialect.field_names:
        return field.name
    codes = [text for text in field.synonyms if text.startswith("a")]
    if dialect.social_security_codes and codes:
        return codes[0]
    spoken = [text for text in field.synonyms if not text.startswith("a")]
    text = spoken[dialect.wording - 1] if 0 < dialect.wording <= len(spoken) else field.title
    if field.kind == "money" and dialect.money == "wan":
        return f"{text}(万元)"
    return _marked(text, field.required, dialect)


def _marked(text: str, required: bool, dialect: Dialect) -> str:
    if dialect.marks == "star" and required:
        return f"*{text}"
    if dialect.marks == "required" and required:
        return f"{text}(必填)"
    if dialect.marks == "spaced" and len(text) == 2:
        return f"{text[0]}  {text[1]}"
    if dialect.marks == "broken" and len(text) >= 6 and "(" not in text:
        return f"{text[:3]}\n{text[3:]}"
    return text


def columns(rows: Rows, feed: Feed, dialect: Dialect) -> list[Column]:
    """The columns that the department sends of a dataset, in its order; those that are always blank are left out."""
    written = []
    for field in dataset(rows.dataset).fields:
        if field.name in feed.constants:
            continue
        values = rows.sent.get(field.name, rows[field.name])
        raw = rows.raw.get(field.name)
        if not field.required and not field.is_key and is_blank(rows[field.name]).all() and is_blank(values).all():
            continue
        cells = _cells(field, values, feed, dialect)
        if dialect.blank and field.kind == "text" and not field.is_key:
            cells = [dialect.blank if value is None else value for value in cells]
        if raw is not None:
            cells = [
                _raw(text, dialect) if text is not None else value
                for text, value in zip(raw.tolist(), cells, strict=True)
            ]
        written.append(Column(header(field, dialect, feed), field.name, cells))
    numbering = [column for column in written if column.field == "source_row_no"]
    others = [column for column in written if column.field != "source_row_no"]
    turn = dialect.order % max(1, len(others))
    extra = [Column(name, None, ["综合科"] * len(rows)) for name in dialect.extra]
    return numbering + others[turn:] + others[:turn] + extra


def _raw(text: str, dialect: Dialect) -> Cell:
    """A cell as it stands; a number in scientific notation is a number in a workbook."""
    return float(text) if dialect.format in _NARROW_UNITS and text.endswith("E+17") else text


def _cells(field: Field, values: Array, feed: Feed, dialect: Dialect) -> list[Cell]:
    if field.kind == "date":
        # A day count of a birth before 1982 could be taken for any number: such columns stay text.
        return _dates(values, "iso" if dialect.date == "serial" and field.name == "birth_date" else dialect.date)
    if field.kind in ("code", "list", "bool"):
        return _codes(field, values, feed, dialect)
    if values.dtype.kind == "f":
        return _numbers(field, values, dialect)
    if field.kind == "time":
        return [value if value is None else value[:5] for value in values.tolist()]
    return list(values.tolist())


def _by_value(values: Array, write: Callable[[Any], Cell]) -> list[Cell]:
    """Writes each distinct value once; blank stays empty."""
    written: dict[Any, Cell] = {}
    cells: list[Cell] = []
    for value in values.tolist():
        if value is None or value != value:
            cells.append(None)
            continue
        if value not in written:
            written[value] = write(value)
        cells.append(written[value])
    return cells


def _dates(values: Array, style: DateStyle) -> list[Cell]:
    if style == "serial":
        return _by_value(either(np.isnat(values), np.nan, (values - _EPOCH).astype(float)), lambda day: day)
    write: dict[str, Callable[[dt.date], Cell]] = {
        "iso": lambda day: day.isoformat(),
        "cell": lambda day: day,
        "dot": lambda day: f"{day.year}.{day.month}.{day.day}",
        "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
        "compact": lambda day: f"{day:%Y%m%d}",
        "slash": lambda day: f"{day.year}/{day.month}/{day.day}",
        "slash_padded": lambda day: f"{day:%Y/%m/%d}",
    }
    return _by_value(values, write[style])


def _codes(field: Field, values: Array, feed: Feed, dialect: Dialect) -> list[Cell]:
    of_feed = {code: text for text, code in feed.values.get(field.name, {}).items()}
    if field.kind == "bool":
        return _by_value(values, lambda value: dialect.yes_no[0 if value == 1 else 1])
    assert field.code_list is not None
    known, names = reference.aliases(field.code_list), reference.codes(field.code_list)

    def spelled(code: str) -> str:
        if code in of_feed:
            return of_feed[code]
        if field.code_list == "sex" and code in ("1", "2"):
            return dialect.sex[int(code) - 1]
        if field.code_list == "skill_level":
            return _LEVELS[dialect.levels].get(code, code)
        if dialect.codes == "code" or field.code_list in _ALWAYS_CODES or code not in names:
            return code
        text = names[code] if dialect.codes == "name" else f"{code}-{names[code]}"
        return text if known.get(reference.normalise(text)) == code else code

    if field.kind == "list":
        return _by_value(values, lambda text: dialect.list_mark.join(spelled(code) for code in text.split(";")))
    return _by_value(values, spelled)


def _numbers(field: Field, values: Array, dialect: Dialect) -> list[Cell]:
    workbook = dialect.format in _NARROW_UNITS

    def plain(value: float) -> Cell:
        return value if workbook else f"{value:.4f}".rstrip("0").rstrip(".")

    def money(fen: float) -> Cell:
        if dialect.money == "wan":
            return f"{fen / 1_000_000:.6f}".rstrip("0").rstrip(".")
        text = f"{fen / 100:,.2f}" if dialect.money == "grouped" else f"{fen / 100:.2f}".rstrip("0").rstrip(".")
        return f"{text}元" if dialect.money == "unit" else text

    def percent(share: float) -> Cell:
        if dialect.percent == "fraction":
            return f"{share:.4f}".rstrip("0").rstrip(".")
        text = f"{share * 100:.2f}".rstrip("0").rstrip(".")
        return f"{text}%" if dialect.percent == "sign" else text

    if field.kind == "money":
        return _by_value(values, money)
    if field.kind == "percent":
        return _by_value(values, percent)
    if field.name.endswith("_hours") and dialect.hours_unit:
        return _by_value(values, lambda value: f"{value:g}{dialect.hours_unit}")
    return _by_value(values, plain)


def period_text(period: Period, dialect: Dialect) -> str:
    """The period as this department spells it in a file name."""
    if dialect.period == "chinese":
        return period.title
    text = str(period)
    if dialect.period == "compact":
        return text.replace("-", "")
    if dialect.period == "dot" and period.months == 1:
        return f"{period.start.year}.{period.start.month}"
    return text


def file_name(feed: Feed, period: Period, dialect: Dialect) -> str:
    """The file's name without its ending."""
    return dialect.file_name.format(
        dataset=feed.dataset, title=dataset(feed.dataset).title, period=period_text(period, dialect)
    )
