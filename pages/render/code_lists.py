"""The sheets of a workbook that hold code lists: what may be chosen, and every spelling that is understood.

Ends at the ranges in which they stand; drop-downs are the workbook's, checks `live_checks`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ingest.feed import Feed
from pages.render.row_sheet import Cell, Rows, RowSheet, number_of, row_of, texts
from warehouse.vocabulary import reference
from warehouse.vocabulary.choices import LONG_LISTS, choices, words
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
    chosen, understood = (book.add_worksheet(name, worksheet_class=RowSheet) for name in (CODES, SPELLINGS))
    understood.hide()
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
    text = book.add_format({"num_format": "@"})
    said = feed.values if feed else {}
    spelled = tuple(tuple(said.get(field.name, {}).items()) for _, field in columns)
    offers, spellings = _sheets(tuple(columns), spelled, (number_of(bold), number_of(text)))
    for sheet, lists in ((chosen, offers), (understood, spellings)):
        if lists.places:
            sheet.lay(lists.rows)
    for at in range(0, 2 * len(offers.places), 2):
        chosen.set_column(at, at, 26)
        chosen.set_column(at + 1, at + 1, 14)
    chosen.freeze_panes(1, 0)
    choices = {name: f"={_range(CODES, *place)}" for name, place in offers.places.items()}
    understand = {
        name: (_range(SPELLINGS, at, count), _range(SPELLINGS, at + 1, count))
        for name, (at, count) in spellings.places.items()
    }
    return CodeLists(choices, understand)


@dataclass(frozen=True)
class _Sheet:
    """`places`: field → the first of the two columns that hold its list, and how many rows."""

    rows: Rows
    places: Mapping[str, tuple[int, int]]


@functools.lru_cache(maxsize=32)
def _sheets(
    columns: tuple[tuple[str, Field], ...], spelled: tuple[tuple[tuple[str, str], ...], ...], forms: tuple[int, int]
) -> tuple[_Sheet, _Sheet]:
    """What may be chosen, and what is understood; most workbooks of a dataset have the same. `spelled`: the feed's own
    spellings of each column; `forms`: the formats of heads and texts."""
    offers: dict[str, tuple[str, Mapping[str, str]]] = {}
    spellings: dict[str, tuple[str, Mapping[str, str]]] = {}
    list_of: dict[str, str] = {}
    for (header, field), said in zip(columns, spelled, strict=True):
        if (field.code_list and field.kind == "code" and field.code_list not in LONG_LISTS) or field.kind == "bool":
            list_of[field.name] = name = str(field.code_list) if not said else field.name
            spellings.setdefault(name, (name, _spellings(field, dict(said))))
        if meant := choices(field):
            offers[field.name] = (header, meant)
    understood = _sheet("写法", spellings, (0, forms[1]))
    places = {name: understood.places[of] for name, of in list_of.items()}
    return _sheet("可选值", offers, forms), _Sheet(understood.rows, places)


def _sheet(what: str, lists: Mapping[str, tuple[str, Mapping[str, str]]], forms: tuple[int, int]) -> _Sheet:
    """The lists side by side, each with its head: texts, and beside them the codes that they mean."""
    head, text = forms
    lines = [
        [(2 * at, f"{what}：{title}", head), (2 * at + 1, f"代码：{title}", head)]
        for at, (title, _) in enumerate(lists.values())
    ]
    rows: list[list[Cell]] = [[cell for line in lines for cell in line]]
    for at, (_, meant) in enumerate(lists.values()):
        rows += [[] for _ in range(len(meant) + 1 - len(rows))]
        for line, (told, code) in zip(rows[1:], meant.items(), strict=False):
            line += [(2 * at, told, text), (2 * at + 1, code, text)]
    places = {name: (2 * at, len(meant)) for at, (name, (_, meant)) in enumerate(lists.items())}
    written = "".join(row_of(row, texts(row, cells)) for row, cells in enumerate(rows))
    return _Sheet(Rows(written, 0, len(rows) - 1, 2 * len(lists) - 1), places)


def _spellings(field: Field, said: Mapping[str, str]) -> dict[str, str]:
    """Spelling → code, each once whatever its case, as MATCH compares; names stand as they are written too."""
    return {**reference.aliases(str(field.code_list)), **words(field), **said}


def _range(sheet: str, column: int, count: int) -> str:
    letter = xl_col_to_name(column)
    return f"{sheet}!${letter}$2:${letter}${count + 1}"
