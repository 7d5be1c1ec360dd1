"""The expected grid as a heat map: lines × periods, the worst state in each cell. Ends at cells with words."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pages import texts, words
from warehouse.vocabulary.period import Period, parse

State = Literal["returned", "missing", "late", "nothing", "on_time", "not_due"]
Row = Mapping[str, Any]
"""A row of `rpt_submission_grid`."""

STATES: dict[State, str] = {
    "returned": "退回",
    "missing": "缺报",
    "late": "迟报",
    "nothing": "本期无数据",
    "on_time": "按时",
    "not_due": "未到期",
}
"""Worst first."""
MARKS: dict[State, str] = {
    "returned": "退",
    "missing": "缺",
    "late": "迟",
    "nothing": "无",
    "on_time": "✓",
    "not_due": "·",
}
_TITLES = (
    "部门",
    "报送单位",
    "区",
    "数据集",
    "报告期",
    "截止日",
    "状态",
    "结果",
    "收到行数",
    "接受行数",
    "暂存行数",
    "报送编号",
)
_CALM: frozenset[State] = frozenset({"nothing", "on_time", "not_due"})


@dataclass(frozen=True)
class Cell:
    """What one line owes for one period: its rows of the grid, never none."""

    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[State, int]:
        """State → rows, worst first, absent states left out."""
        found = Counter(state_of(row) for row in self.rows)
        return {state: found[state] for state in STATES if found[state]}

    @property
    def state(self) -> State:
        """The worst; of several rows that are all calm, on time before nothing to report."""
        found = next(iter(self.counts))
        return "on_time" if found == "nothing" and self.counts.get("on_time") else found

    @property
    def held_rows(self) -> int:
        return sum(row["held_rows"] or 0 for row in self.rows if state_of(row) != "returned")

    @property
    def mark(self) -> str:
        counted = len(self.rows) > 1 and self.state not in _CALM
        return f"{MARKS[self.state]}{self.counts[self.state]}" if counted else MARKS[self.state]

    @property
    def text(self) -> str:
        """按时 for one row, 缺报 1 份 and 按时 11 份 for several, with what waits for a correction."""
        told = "，".join(f"{STATES[state]} {count} 份" for state, count in self.counts.items())
        if len(self.rows) == 1:
            is_late_nothing = self.state == "late" and self.rows[0]["is_nothing_to_report"]
            told = STATES[self.state] + ("（本期无数据）" if is_late_nothing else "")
        return f"{told}；{words.number(self.held_rows)} 行待更正" if self.held_rows else told


@dataclass(frozen=True)
class HeatMap:
    """`years`: year and its number of columns; `columns`: periods; `lines`: key and one cell or None per column."""

    years: tuple[tuple[int, int], ...]
    columns: tuple[Period, ...]
    lines: tuple[tuple[tuple[str, ...], tuple[Cell | None, ...]], ...]


def state_of(row: Row) -> State:
    """The state that a row shows: what came but could not be taken is returned, however punctual it was; that there is
    nothing to report, said in time, is a state of its own."""
    if row["outcome"] in ("rejected", "unreadable"):
        return "returned"
    state: State = row["state"]
    return "nothing" if state == "on_time" and row["is_nothing_to_report"] else state


def period_of(row: Row) -> Period:
    found = parse(row["period"])
    if found is None:
        raise ValueError(f"{row['period']} in the submission grid is no period")
    return found


def heat_map(rows: Iterable[Row], line: tuple[str, ...]) -> HeatMap:
    """Gathers the grid's rows by the columns named in `line`; lines keep the order in which they first come."""
    gathered: dict[tuple[str, ...], dict[Period, list[Row]]] = {}
    for row in rows:
        key = tuple(row[name] for name in line)
        gathered.setdefault(key, {}).setdefault(period_of(row), []).append(row)
    columns = sorted({period for cells in gathered.values() for period in cells}, key=_calendar)
    return HeatMap(
        years=tuple((year, len(list(group))) for year, group in itertools.groupby(columns, lambda p: p.start.year)),
        columns=tuple(columns),
        lines=tuple(
            (key, tuple(Cell(tuple(cells[period])) if period in cells else None for period in columns))
            for key, cells in gathered.items()
        ),
    )


def _calendar(period: Period) -> tuple[int, int, int]:
    """Within a year: its months, then quarters, halves and the whole."""
    return period.start.year, period.months, period.start.month


def csv_text(rows: Iterable[Row]) -> str:
    """Who owes what and what came of it, for spreadsheets."""
    return texts.csv_text(
        _TITLES,
        (
            (
                words.department(row["department_code"]),
                row["unit_code"],
                words.district(row["unit_code"]),
                words.dataset(row["dataset"]),
                words.period_title(row["period"]),
                row["due_date"],
                STATES[state_of(row)],
                words.OUTCOMES.get(row["outcome"] or ""),
                row["received_rows"],
                row["accepted_rows"],
                row["held_rows"],
                row["submission_id"],
            )
            for row in rows
        ),
    )


def counts(rows: Iterable[Row]) -> dict[State, int]:
    """State → rows, worst first, absent states as 0."""
    found = Counter(state_of(row) for row in rows)
    return {state: found[state] for state in STATES}
