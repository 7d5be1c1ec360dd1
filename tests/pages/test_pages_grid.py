"""The expected grid: the state of each of its rows, sums over them, and the heat map of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages import words
from pages.gather.grid import STATES, punctuality, signed, state_of, totals
from pages.render.grid import MARKS, heat_map
from tests.pages import report_samples as samples


def test_a_cell_shows_the_worst_of_what_it_holds() -> None:
    rows = [
        samples.grid(departments=("CAB",))[0] | {"state": state, "outcome": outcome, "held_rows": 2}
        for state, outcome in (("on_time", "accepted"), ("late", "accepted"), ("on_time", "unreadable"))
    ]
    ((_, (cell,)),) = heat_map(rows, ("department_code",)).lines
    assert (cell.state, cell.mark) == ("returned", "退1")
    assert cell.text == "退回 1 份\uff0c迟报 1 份\uff0c按时 1 份\uff1b4 行待更正"


def test_periods_stand_in_the_order_of_the_calendar() -> None:
    base = samples.grid(departments=("CAB",))[0]
    rows = [base | {"period": period} for period in ("2026", "2026-H1", "2025-12", "2026-02", "2026-01", "2025-H2")]
    heat = heat_map(rows, ("department_code",))
    assert [str(period) for period in heat.columns] == ["2025-12", "2025-H2", "2026-01", "2026-02", "2026-H1", "2026"]
    assert heat.years == ((2025, 2), (2026, 4))


def test_nothing_to_report_is_a_state_of_its_own() -> None:
    row = samples.grid(departments=("CAB",))[0] | {"outcome": "accepted", "state": "on_time", "held_rows": 0}
    nothing = row | {"is_nothing_to_report": True}
    assert [state_of(cell) for cell in (row, nothing, nothing | {"state": "late"})] == ["on_time", "nothing", "late"]
    ((_, (cell,)),) = heat_map([row, nothing], ("department_code",)).lines
    assert (cell.state, cell.mark, cell.text) == ("on_time", "✓", "本期无数据 1 份\uff0c按时 1 份")
    ((_, (late,)),) = heat_map([nothing | {"state": "late"}], ("department_code",)).lines
    assert late.text == "迟报\uff08本期无数据\uff09"


def test_shares_are_over_what_they_are_of_and_never_above_all() -> None:
    rows = [
        samples.grid_row(),
        samples.grid_row(state="late"),
        samples.grid_row(state="missing", **samples.NOTHING_CAME),
        samples.grid_row(state="not_due", **samples.NOTHING_CAME),
        samples.grid_row(outcome="rejected"),
    ]
    assert punctuality(rows) == (2, 4)
    assert words.share(*punctuality([])) == "—"
    current = {"standing": "standing", "confirmed_at": samples.DELIVERED}
    assert signed([current, current | {"confirmed_at": None}, current | {"standing": "superseded"}]) == (1, 2)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_an_acceptance_rate_is_a_share(counts: list[tuple[int, int, int]]) -> None:
    rows = [samples.grid_row(received_rows=sum(parts), accepted_rows=parts[0], held_rows=parts[1]) for parts in counts]
    shown = words.share(*totals(rows).acceptance)
    if shown not in ("—", "不到 0.1%"):
        assert 0 <= float(shown.rstrip("%")) <= 100
        assert (shown == "100%") == (sum(held for _, held, _ in counts) == 0)


def test_every_state_has_a_word_and_a_mark_worst_first() -> None:
    assert tuple(words.GRID_STATES) == tuple(MARKS) == STATES
