"""The expected grid as a heat map, lines × periods with the worst state in each cell, and as a list for spreadsheets.

Ends at cells with words; what a state is stands in `gather.grid`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from pages import texts, words
from pages.gather.grid import STATES, Row, RowStates, State, period_of, states_of
from pages.render import standing
from warehouse.vocabulary.period import Period

MARKS: dict[State, str] = {
    "returned": "退",
    "missing": "逾",
    "held_back": "缓",
    "partly": "◐",
    "due": "待",
    "nothing": "无",
    "passed": "✓",
    "not_due": "·",
}
AWAITS, NOT_TAKEN = "？", "！"
"""Marks beside the state: what came last waits for the unit's word; something that came was not taken."""
_TITLES = (
    "部门",
    "报送单位",
    "区",
    "数据集",
    "报告期",
    "截止日",
    "有效报送",
    "最近来件",
    "审签",
    "报送时效",
    "未采用来件（份）",
    "校验结果",
    "收到行数",
    "校验通过行数",
    "暂存行数",
    "报送编号",
)
_CALM: frozenset[State] = frozenset({"due", "nothing", "passed", "not_due"})


@dataclass(frozen=True)
class Cell:
    """What one line owes for one period: its rows of the grid, never none."""

    rows: tuple[Row, ...]

    @cached_property
    def states(self) -> tuple[RowStates, ...]:
        return tuple(map(states_of, self.rows))

    @cached_property
    def counts(self) -> dict[State, int]:
        """State → rows, worst first, absent states left out."""
        counted = Counter(states.effective for states in self.states)
        return {state: counted[state] for state in STATES if counted[state]}

    @cached_property
    def state(self) -> State:
        """The worst; of several rows that are all calm, passed before nothing to report."""
        worst = next(iter(self.counts))
        return "passed" if worst == "nothing" and self.counts.get("passed") else worst

    @cached_property
    def held_rows(self) -> int:
        return sum(
            row["held_rows"] for row, states in zip(self.rows, self.states, strict=True) if states.effective == "partly"
        )

    @cached_property
    def awaiting(self) -> int:
        return sum(states.latest == "awaiting" for states in self.states)

    @cached_property
    def not_taken(self) -> int:
        return sum(row["refused_submissions"] for row in self.rows)

    @property
    def event(self) -> str:
        """What stands beside the state's mark; empty where nothing does."""
        return AWAITS if self.awaiting else NOT_TAKEN if self.not_taken else ""

    @property
    def mark(self) -> str:
        counted = len(self.rows) > 1 and self.state not in _CALM
        return f"{MARKS[self.state]}{self.counts[self.state]}" if counted else MARKS[self.state]

    @property
    def text(self) -> str:
        """All axes for one row; for several how many are in which state, wait for a correction or an answer, or were
        not taken."""
        if len(self.rows) == 1:
            return standing.axes(self.rows[0]).text
        parts = (
            "，".join(f"{words.GRID_STATES[state]}：{count} 份" for state, count in self.counts.items()),
            f"{words.number(self.held_rows)} 条待更正" if self.held_rows else None,
            f"{self.awaiting} 份待本单位确认" if self.awaiting else None,
            standing.not_taken_count(self.not_taken),
        )
        return "；".join(part for part in parts if part)


@dataclass(frozen=True)
class HeatMap:
    """`years`: year and its number of columns; `columns`: periods; `lines`: key and one cell or None per column."""

    years: tuple[tuple[int, int], ...]
    columns: tuple[Period, ...]
    lines: tuple[tuple[tuple[str, ...], tuple[Cell | None, ...]], ...]


def heat_map(rows: Iterable[Row], line: tuple[str, ...]) -> HeatMap:
    """Gathers the grid's rows by the columns named in `line`; lines keep the order in which they first come."""
    gathered: dict[tuple[str, ...], dict[Period, list[Row]]] = {}
    for row in rows:
        key = tuple(row[name] for name in line)
        gathered.setdefault(key, {}).setdefault(period_of(row), []).append(row)
    columns = sorted({period for owed in gathered.values() for period in owed}, key=_calendar)
    years = Counter(period.start.year for period in columns)
    return HeatMap(
        years=tuple(years.items()),
        columns=tuple(columns),
        lines=tuple((key, _cells(owed, columns)) for key, owed in gathered.items()),
    )


def _cells(owed: Mapping[Period, Sequence[Row]], columns: Sequence[Period]) -> tuple[Cell | None, ...]:
    return tuple(Cell(tuple(owed[period])) if period in owed else None for period in columns)


def _calendar(period: Period) -> tuple[int, int, int]:
    """Within a year: its months, then quarters, halves and the whole."""
    return period.start.year, period.months, period.start.month


def row_facts(row: Row) -> dict[str, Any]:
    """The row as JSON tells it: its columns, and beside them its states."""
    return {**row, "states": asdict(states_of(row))}


def csv_text(rows: Iterable[Row]) -> str:
    """Who owes what and what came of it, for spreadsheets."""
    return texts.csv_text(_TITLES, (_csv_line(row) for row in rows))


def _csv_line(row: Row) -> tuple[object, ...]:
    axes = standing.axes(row)
    return (
        words.department(row["department_code"]),
        row["unit_code"],
        words.district(row["unit_code"]),
        words.dataset(row["dataset"]),
        words.period_title(row["period"]),
        row["due_date"],
        axes.effective,
        axes.latest,
        axes.signing,
        axes.punctuality,
        row["refused_submissions"],
        words.OUTCOMES.get(row["outcome"] or ""),
        row["received_rows"],
        row["accepted_rows"],
        row["held_rows"],
        row["submission_id"],
    )
