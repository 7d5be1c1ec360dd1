"""The expected grid as a heat map, lines × periods with the worst state in each cell, and as a list for spreadsheets.

Ends at cells with words; what a state is stands in `gather.grid`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pages import texts, words
from pages.gather.grid import STATES, Row, State, period_of, state_of
from warehouse.vocabulary.period import Period

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
        counted = Counter(state_of(row) for row in self.rows)
        return {state: counted[state] for state in STATES if counted[state]}

    @property
    def state(self) -> State:
        """The worst; of several rows that are all calm, on time before nothing to report."""
        worst = next(iter(self.counts))
        return "on_time" if worst == "nothing" and self.counts.get("on_time") else worst

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
        told = "，".join(f"{words.GRID_STATES[state]} {count} 份" for state, count in self.counts.items())
        if len(self.rows) == 1:
            is_late_nothing = self.state == "late" and self.rows[0]["is_nothing_to_report"]
            told = words.GRID_STATES[self.state] + ("（本期无数据）" if is_late_nothing else "")
        return f"{told}；{words.number(self.held_rows)} 行待更正" if self.held_rows else told


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


def csv_text(rows: Iterable[Row]) -> str:
    """Who owes what and what came of it, for spreadsheets."""
    return texts.csv_text(_TITLES, (_csv_line(row) for row in rows))


def _csv_line(row: Row) -> tuple[object, ...]:
    return (
        words.department(row["department_code"]),
        row["unit_code"],
        words.district(row["unit_code"]),
        words.dataset(row["dataset"]),
        words.period_title(row["period"]),
        row["due_date"],
        words.GRID_STATES[state_of(row)],
        words.OUTCOMES.get(row["outcome"] or ""),
        row["received_rows"],
        row["accepted_rows"],
        row["held_rows"],
        row["submission_id"],
    )
