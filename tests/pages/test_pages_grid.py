"""The expected grid: the state of each of its rows, sums over them, and the heat map of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages import words
from pages.gather.grid import STATES, beside, punctuality, signed, state_of, totals
from pages.render.grid import AWAITS, MARKS, NOT_TAKEN, heat_map
from pages.render.standing import axes as axes_of
from tests.pages import report_samples as samples


def test_a_cell_shows_the_worst_of_what_it_holds() -> None:
    rows = [
        samples.grid_row(outcome=outcome, state=state, held_rows=held)
        for state, outcome, held in (
            ("on_time", "accepted", 0),
            ("late", "partly_accepted", 4),
            ("on_time", "unreadable", 0),
        )
    ]
    ((_, (cell,)),) = heat_map(rows, ("department_code",)).lines
    assert (cell.state, cell.mark, cell.event) == ("returned", "退1", "")
    assert cell.text == "退回，尚无有效报送：1 份，部分通过：1 份，校验通过：1 份；4 条待更正"


def test_what_stands_what_came_last_and_what_is_signed_are_three_words() -> None:
    told = {
        "first": samples.grid_row(),
        "late": samples.grid_row(state="late"),
        "unasked": samples.grid_row(state="unasked"),
        "partly": samples.grid_row(outcome="partly_accepted", held_rows=12, has_confirmed_other=True),
        "returned": samples.grid_row(outcome="unreadable"),
        "missing": samples.grid_row(state="missing", **samples.NOTHING_CAME),
        "due": samples.grid_row(state="not_due", period="2026-10", **samples.NOTHING_CAME),
        "not due": samples.grid_row(state="not_due", period="2026-11", **samples.NOTHING_CAME),
        "asked": samples.grid_row(**samples.AWAITS, is_confirmed=True),
        "password": samples.grid_row(
            is_confirmed=True,
            refused_submissions=1,
            latest_standing="refused",
            latest_refusal="outcome",
            latest_outcome="unreadable",
        ),
        "lapsed": samples.grid_row(refused_submissions=2, latest_standing="refused", latest_refusal="lapsed"),
        "corrected": samples.grid_row(latest_kind="correction"),
        "replaced": samples.grid_row(latest_kind="replacement"),
        "held back": samples.grid_row(standing="held_back", latest_standing="held_back"),
    }
    axes = {name: axes_of(row) for name, row in told.items()}
    assert {name: (said.effective, said.latest, said.signing) for name, said in axes.items()} == {
        "first": ("校验通过", None, "未审签"),
        "late": ("校验通过", None, "未审签"),
        "unasked": ("校验通过", None, "未审签"),
        "partly": ("部分通过，12 条待更正", None, "内容有变，需重新审签"),
        "returned": ("退回，尚无有效报送", "未采用：文件无法读取", None),
        "missing": ("逾期未报", None, None),
        "due": ("待报送", None, None),
        "not due": ("未到期", None, None),
        "asked": ("校验通过", "待本单位确认", "已审签"),
        "password": ("校验通过", "未采用：文件无法读取", "已审签"),
        "lapsed": ("校验通过", "未采用：逾期未确认，已放弃", "未审签"),
        "corrected": ("校验通过", "已并入", "未审签"),
        "replaced": ("校验通过", "已替换", "未审签"),
        "held back": ("暂缓入库，尚无有效报送", "暂缓入库，市局处理中", None),
    }
    assert axes["late"].punctuality == "迟报"
    assert axes["unasked"].punctuality == "选报"
    assert axes["password"].events == "有 1 份来件未采用"
    assert "\uff1b有 2 份来件未采用" in axes["lapsed"].text


def test_an_event_is_marked_beside_the_state() -> None:
    rows = [samples.grid_row(refused_submissions=1), samples.grid_row(period="2026-09", **samples.AWAITS)]
    ((_, cells),) = heat_map(rows, ("unit_code",)).lines
    assert [(cell.mark, cell.event) for cell in cells if cell] == [("✓", AWAITS), ("✓", NOT_TAKEN)]
    counted = beside(rows)
    assert (counted.awaiting, counted.not_taken, counted.changed, counted.late) == (1, 1, 0, 0)


def test_periods_stand_in_the_order_of_the_calendar() -> None:
    base = samples.grid(departments=("CAB",))[0]
    rows = [base | {"period": period} for period in ("2026", "2026-H1", "2025-12", "2026-02", "2026-01", "2025-H2")]
    heat = heat_map(rows, ("department_code",))
    assert [str(period) for period in heat.columns] == ["2025-12", "2025-H2", "2026-01", "2026-02", "2026-H1", "2026"]
    assert heat.years == ((2025, 2), (2026, 4))


def test_nothing_to_report_is_a_state_of_its_own() -> None:
    row, nothing = samples.grid_row(), samples.grid_row(is_nothing_to_report=True)
    assert [state_of(cell) for cell in (row, nothing, nothing | {"state": "late"})] == ["passed", "nothing", "nothing"]
    ((_, (cell,)),) = heat_map([row, nothing], ("department_code",)).lines
    assert (cell.state, cell.mark) == ("passed", "✓")
    assert cell.text == "本期无数据：1 份，校验通过：1 份"
    ((_, (late,)),) = heat_map([nothing | {"state": "late"}], ("department_code",)).lines
    assert late.text == "本期无数据；迟报"


def test_shares_are_over_what_they_are_of_and_never_above_all() -> None:
    rows = [
        samples.grid_row(),
        samples.grid_row(state="late"),
        samples.grid_row(state="missing", **samples.NOTHING_CAME),
        samples.grid_row(state="not_due", **samples.NOTHING_CAME),
        samples.grid_row(outcome="rejected"),
    ]
    assert punctuality(rows) == (2, 4)
    unasked = samples.grid_row(state="unasked")
    withdrawn = samples.grid_row(state="unasked", **samples.NOTHING_CAME)
    assert punctuality([*rows, unasked, withdrawn]) == (2, 4)
    assert beside([unasked, withdrawn]).late == 0
    assert state_of(withdrawn) == "not_due"
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
