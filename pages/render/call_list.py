"""Which departments need a call from the bureau, and what to say. Ends at sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages import words
from pages.render import grid
from pages.render.grid import Row


@dataclass(frozen=True)
class Call:
    """One department: submissions overdue and returned, rows that wait for a correction and since when."""

    department: str
    overdue: int
    returned: int
    held_rows: int
    held_days: int
    sentences: tuple[str, ...]


def calls(rows: Iterable[Row], held_since: Mapping[str, dt.date], as_of: dt.date) -> list[Call]:
    """Most overdue first, then most returned, then rows that have waited longest; who needs none is left out.

    `rows`: `rpt_submission_grid`. `held_since`: department → day of the oldest error that still holds a row.
    """
    by_department: dict[str, list[Row]] = {}
    for row in rows:
        by_department.setdefault(row["department_code"], []).append(row)
    found = [_call(code, own, held_since.get(code), as_of) for code, own in by_department.items()]
    return sorted(
        (call for call in found if call.sentences),
        key=lambda call: (-call.overdue, -call.returned, -call.held_days, call.department),
    )


def _call(code: str, rows: Sequence[Row], since: dt.date | None, as_of: dt.date) -> Call:
    missing = sorted((row for row in rows if grid.state_of(row) == "missing"), key=_by_due_date)
    returned = sorted((row for row in rows if grid.state_of(row) == "returned"), key=_by_due_date)
    held = [row for row in rows if row["held_rows"] and grid.state_of(row) != "returned"]
    held_rows = sum(row["held_rows"] for row in held)
    days = (as_of - since).days if since and held else 0
    sentences = []
    if missing:
        late = (as_of - missing[0]["due_date"]).days
        sentences.append(
            f"{len(missing)} 份过了截止日还没有报，{_first(missing)}，已过 {late} 天。"
            "问什么时候能报；确无数据的，请报“本期无数据”。"
        )
    if returned:
        sentences.append(f"{len(returned)} 份被退回后还没有重报，{_first(returned)}。问报告看懂没有，卡在哪一步。")
    if held:
        largest = max(held, key=lambda row: (row["held_rows"], row["period"]))
        waited = f"最早的已等了 {days} 天，" if days else ""
        sentences.append(
            f"{words.number(held_rows)} 行有错、待更正，{waited}最多的是{_named(largest)}"
            f"（{words.number(largest['held_rows'])} 行）。请用更正工作簿改好后补报。"
        )
    return Call(code, len(missing), len(returned), held_rows, days, tuple(sentences))


def _first(rows: Sequence[Row]) -> str:
    return f"{'最早的' if len(rows) > 1 else ''}是{_named(rows[0])}"


def _named(row: Row) -> str:
    unit = f"{words.district(row['unit_code'])}的" if "." in row["unit_code"] else ""
    return f"{unit}《{words.dataset(row['dataset'])}》{words.period_title(row['period'])}"


def _by_due_date(row: Row) -> tuple[Any, ...]:
    return row["due_date"], row["dataset"], row["unit_code"]
