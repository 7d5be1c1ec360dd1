from __future__ import annotations

from typing import Any

from pages.render.acceptance_trend import HEIGHT, TOP, shares, trend
from warehouse.vocabulary.period import parse


def row(department: str, period: str, accepted: int, held: int, **changes: Any) -> dict[str, Any]:
    return {
        "department_code": department,
        "period": period,
        "accepted_rows": accepted,
        "held_rows": held,
        "is_newest": True,
    } | changes


ROWS = [
    row("CAB", "2026-01", 80, 20),
    row("CAB", "2026-02", 99, 1),
    row("FIN", "2026-01", 90, 10),
    row("EDU", "2026-01", 100, 0),
    row("FIN", "2026-02", 9_997, 3),
    row("CAB", "2026-H1", 0, 50),
    row("CAB", "2026-01", 0, 100, is_newest=False),
    row("CAB", "2026-03", 0, 0),
    row("EDU", "2026-03", 4, 1),
]


def test_a_month_is_set_beside_the_departments_past_and_the_median_department() -> None:
    found = trend("CAB", shares(ROWS))
    assert [(str(point.month), point.own, point.median) for point in found.points] == [
        ("2026-01", "80%", "90%"),
        ("2026-02", "99%", "99.4%"),
        ("2026-03", None, "80%"),
    ]
    assert found.latest and found.latest.month == parse("2026-02")
    assert found.earlier == "80%"


def test_better_is_higher_and_nothing_leaves_the_drawing() -> None:
    found = trend("CAB", shares(ROWS))
    first, second, last = found.points
    assert first.own_y is not None and second.own_y is not None and last.own_y is None
    assert TOP <= second.own_y < first.own_y <= HEIGHT
    assert [label for label, _ in found.ticks] == ["80%", "90%", "100%"]
    assert found.own_line.count(",") == 2


def test_a_department_without_rows_has_no_latest() -> None:
    found = trend("SAC", shares(ROWS))
    assert (found.latest, found.earlier, found.own_line) == (None, "—", "")


def test_without_any_rows_there_is_nothing_to_draw() -> None:
    assert trend("CAB", shares([])).points == ()
