"""The sheets of a workbook that hold code lists: what may be chosen, and every spelling that is understood.

Ends at the ranges in which they stand; drop-downs are the workbook's, checks `live_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ingest.feed import Feed
from warehouse.vocabulary import reference
from warehouse.vocabulary.choices import LONG_LISTS, choices
from warehouse.vocabulary.contract import Field
from warehouse.vocabulary.correction_columns import CODES, SPELLINGS

_YES_NO = ("是", "否")


@dataclass(frozen=True)
class CodeLists:
    """`choices`: field → the range of what may be chosen; `spellings`: field → the range of what is understood, and the
    range of the codes that it means."""

    choices: Mapping[str, str]
    spellings: Mapping[str, tuple[str, str]]


def offered(field: Field) -> list[str]:
    """What may be chosen for a field, in words; empty where there is no list, or one of more than anyone chooses
    from."""
    return list(_YES_NO) if field.kind == "bool" else list(choices(field))


def write_code_lists(book: Any, columns: Sequence[tuple[str, Field]], feed: Feed | None) -> CodeLists:
    """Both sheets, for the columns with these headers; the feed's own spellings are understood too."""
    chosen, understood = book.add_worksheet(CODES), book.add_worksheet(SPELLINGS)
    understood.hide()
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
    text = book.add_format({"num_format": "@"})
    choice_ranges: dict[str, str] = {}
    spelling_ranges: dict[str, tuple[str, str]] = {}
    written: dict[str, tuple[str, str]] = {}
    for header, field in columns:
        if (field.code_list and field.kind == "code" and field.code_list not in LONG_LISTS) or field.kind == "bool":
            said = (feed.values.get(field.name) if feed else None) or {}
            name = str(field.code_list) if not said else field.name
            if name not in written:
                at = 2 * len(written)
                written[name] = _written(understood, at, name, _spellings(field, said), text)
            spelling_ranges[field.name] = written[name]
        meant = choices(field)
        if meant:
            at = 2 * len(choice_ranges)
            chosen.write_row(0, at, [f"可选值：{header}", f"代码：{header}"], bold)
            for row, (choice, code) in enumerate(meant.items(), 1):
                chosen.write_string(row, at, choice, text)
                chosen.write_string(row, at + 1, code, text)
            chosen.set_column(at, at, 26)
            chosen.set_column(at + 1, at + 1, 14)
            choice_ranges[field.name] = f"={_range(CODES, at, len(meant))}"
    chosen.freeze_panes(1, 0)
    return CodeLists(choice_ranges, spelling_ranges)


def _spellings(field: Field, said: Mapping[str, str]) -> dict[str, str]:
    """Spelling → code, each once whatever its case, as MATCH compares; names stand as they are offered too."""
    return {**reference.aliases(str(field.code_list)), **choices(field), **said}


def _written(sheet: Any, at: int, name: str, spellings: Mapping[str, str], text: Any) -> tuple[str, str]:
    sheet.write_row(0, at, [f"写法：{name}", f"代码：{name}"])
    for row, (spelling, code) in enumerate(spellings.items(), 1):
        sheet.write_string(row, at, spelling, text)
        sheet.write_string(row, at + 1, code, text)
    return _range(SPELLINGS, at, len(spellings)), _range(SPELLINGS, at + 1, len(spellings))


def _range(sheet: str, column: int, count: int) -> str:
    letter = xl_col_to_name(column)
    return f"{sheet}!${letter}$2:${letter}${count + 1}"
