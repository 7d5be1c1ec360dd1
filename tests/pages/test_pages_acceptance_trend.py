"""A department's acceptance by month beside the median department: the facts, and where they are drawn."""

from __future__ import annotations

from typing import Any

from pages.gather.acceptance_trend import acceptance_trend, monthly_acceptance
from pages.render.acceptance_trend import HEIGHT, TOP, TrendChart, trend_chart
from warehouse.vocabulary.period import parse


def row(department: str, period: str, accepted: int, held: int, **changes: Any) -> dict[str, Any]:
    return {
        "department_code": department,
        "period": period,
        "accepted_rows": accepted,
        "held_rows": held,
        "represents_key": True,
    } | changes


ROWS = [
    row("CAB", "2026-01", 80, 20),
    row("CAB", "2026-02", 99, 1),
    row("FIN", "2026-01", 90, 10),
    row("EDU", "2026-01", 100, 0),
    row("FIN", "2026-02", 9_997, 3),
    row("CAB", "2026-H1", 0, 50),
    row("CAB", "2026-01", 0, 100, represents_key=False),
    row("CAB", "2026-03", 0, 0),
    row("EDU", "2026-03", 4, 1),
]


def chart(department: str, rows: list[dict[str, Any]]) -> TrendChart:
    return trend_chart(acceptance_trend(department, monthly_acceptance(rows)))


def test_a_month_is_set_beside_the_departments_past_and_the_median_department() -> None:
    drawn = chart("CAB", ROWS)
    assert [(str(point.month), point.department, point.median) for point in drawn.points] == [
        ("2026-01", "80%", "90%"),
        ("2026-02", "99%", "99.4%"),
        ("2026-03", None, "80%"),
    ]
    assert drawn.latest and drawn.latest.month == parse("2026-02")
    assert drawn.earlier == "80%"


def test_better_is_higher_and_nothing_leaves_the_drawing() -> None:
    drawn = chart("CAB", ROWS)
    first, second, last = drawn.points
    assert first.department_y is not None and second.department_y is not None and last.department_y is None
    assert TOP <= second.department_y < first.department_y <= HEIGHT
    assert [label for label, _ in drawn.ticks] == ["80%", "90%", "100%"]
    assert drawn.department_line.count(",") == 2


def test_a_department_without_rows_has_no_latest() -> None:
    drawn = chart("SAC", ROWS)
    assert (drawn.latest, drawn.earlier, drawn.department_line) == (None, "—", "")


def test_without_any_rows_there_is_nothing_to_draw() -> None:
    assert chart("CAB", []).points == ()
