from __future__ import annotations

import datetime as dt
from typing import Any

from pages.render import grid, month_chart, target_cards
from pages.render.bureau import bureau_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary import reference


def page(**changes: Any) -> str:
    return bureau_page(
        samples.AS_OF,
        **(
            {
                "target_rows": samples.targets(),
                "months": samples.months(),
                "grid_rows": samples.grid(),
                "rules": samples.top_rules(),
                "unrecognised": samples.deliveries(),
                "publication_id": "2026-11-20-abc123",
                "breakdown_rows": samples.breakdown(),
            }
            | changes
        ),
    )


def test_the_page_is_whole_and_needs_nothing_from_outside() -> None:
    text = page()
    read = Page(text)
    assert not read.mistakes
    assert not [address for address in read.addresses() if ":" in address or address.startswith("//")]
    assert "http" not in text.replace("http-equiv", "")
    assert {f"{code}/index.html" for code in reference.codes("department")} <= set(read.addresses())


def test_all_targets_stand_in_the_order_of_the_plan() -> None:
    found = [card.target_id for card in target_cards.cards(samples.targets(), samples.AS_OF)]
    assert found == [row["id"] for row in reference.table("targets")]


def card(target_id: str, rows: list[dict[str, Any]] | None = None) -> target_cards.Card:
    found = target_cards.cards(rows or samples.targets(), samples.AS_OF)
    return next(card for card in found if card.target_id == target_id)


def test_opening_balance_and_totals_are_shown_apart_and_add_up() -> None:
    parts = {part.name: part for part in card("T01").parts}
    assert (parts["opening"].value, parts["totals"].value) == ("41,260", "2,318")
    values = sum(int(part.value.replace(",", "")) for part in parts.values())
    assert values == int(card("T01").actual.replace(",", ""))


def test_a_yearly_target_shows_the_year_that_runs_and_keeps_the_others() -> None:
    shown = card("T09")
    assert shown.period == "2026年度"
    assert [other[0] for other in shown.others] == ["2025年度", "2027年度"]


def test_a_ratio_just_below_its_goal_is_not_shown_as_reached() -> None:
    assert card("T10").actual == "99.9%"
    assert card("T10").share == "99.9%"
    assert card("T10").elapsed is None


def test_a_bar_beyond_its_goal_stays_within_its_box() -> None:
    rows = [samples.target("T17", "2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), actual=160, status="met")]
    shown = card("T17", rows)
    assert (shown.parts[0].width, shown.goal, shown.share) == ("100.00%", "62.50%", "160%")


def test_without_a_figure_there_is_a_dash_and_no_share() -> None:
    rows = [samples.target("T10", "point", dt.date(2025, 1, 1), dt.date(2027, 12, 31), actual=None)]
    assert (card("T10", rows).actual, card("T10", rows).share, card("T10", rows).status) == ("—", "—", "no_data")
    assert "暂无数据" in Page(page(target_rows=rows)).text


def test_a_period_that_has_not_begun_is_neither_ahead_nor_behind() -> None:
    assert [other[2:] for other in card("T09").others if other[0] == "2027年度"] == [("—", "not_begun")]
    assert "未开始" in Page(page()).text


def test_lists_of_a_year_that_come_after_it_leave_the_last_year_in_sight() -> None:
    until = dt.date(2025, 12, 31)
    rows = [
        samples.target(
            "T17",
            str(year),
            dt.date(year, 1, 1),
            dt.date(year, 12, 31),
            actual=actual,
            status=status,
            reported_until_date=until,
        )
        for year, actual, status in ((2025, 92, "missed"), (2026, None, None))
    ]
    shown = card("T17", rows)
    assert (shown.period, shown.status, shown.later) == ("2025年度", "missed", "2026年度")
    assert [other[2:] for other in shown.others] == [("—", "reported_later")]
    assert "期末后报送" in Page(page(target_rows=rows)).text


def test_time_gone_ends_where_the_lists_end() -> None:
    rows = [
        samples.target(
            "T18",
            "2025-2026",
            dt.date(2025, 1, 1),
            dt.date(2026, 12, 31),
            actual=48,
            status="on_track",
            reported_until_date=dt.date(2025, 12, 31),
        )
    ]
    assert card("T18", rows).elapsed == "名单报至 2025年12月31日\uff0c时间已过 50%"


def test_a_reading_without_its_opening_balance_is_not_called_missed() -> None:
    rows = [samples.target("T08", "2025", dt.date(2025, 1, 1), dt.date(2025, 12, 31), actual=168, status=None)]
    assert card("T08", rows).status == "incomplete"


def test_exact_and_strict_thresholds_say_so() -> None:
    assert [card(target_id).demand for target_id in ("T16", "T18", "T15", "T17")] == ["恰好 ", "恰好 ", "超过 ", ""]


def test_what_a_figure_is_made_of_is_listed_for_the_period_shown() -> None:
    found = target_cards.cards(samples.targets(), samples.AS_OF, samples.breakdown())
    shares = {card.target_id: card.shares for card in found}
    assert shares["T07"] == (
        ("施工现场专业人员培训", "9,000"),
        ("农民工职业技能提升训练", "4,200"),
        ("市住房建设局", "13,200"),
    )
    assert shares["T04"] == (("市退役军人局", "不足 5"),)
    assert shares["T01"] == ()


def test_months_are_stacked_without_a_rest() -> None:
    drawn = month_chart.chart(samples.months(), samples.AS_OF)
    assert [str(bar.month) for bar in drawn.bars][:2] == ["2025-11", "2025-12"]
    assert sum(bar.total for bar in drawn.bars) == sum(row["participations"] for row in samples.months())
    for bar in drawn.bars:
        assert bar.segments[-1][1] >= month_chart.TOP
        heights = sum(height for _, _, height in bar.segments)
        assert abs(heights - (month_chart.TOP + month_chart.PLOT - bar.segments[-1][1])) < 0.3


def test_a_month_without_participations_stands_empty_and_stray_dates_do_not_stretch_the_axis() -> None:
    row = samples.months()[0]
    dates = (dt.date(2026, 1, 1), dt.date(2026, 4, 1), dt.date(1999, 1, 1), dt.date(2026, 12, 1))
    drawn = month_chart.chart(
        [row | {"month_date": day, "participations": 5, "counted": 4, "headline": 3} for day in dates], samples.AS_OF
    )
    assert [bar.total for bar in drawn.bars] == [5, 0, 0, 5]
    assert drawn.outside == 10


def test_a_chart_of_nothing_can_be_drawn() -> None:
    assert month_chart.chart([], samples.AS_OF).bars == ()
    assert "还没有培训人次" in Page(page(months=[])).text


def test_a_cell_shows_the_worst_of_what_it_holds() -> None:
    rows = [
        samples.grid(departments=("CAB",))[0] | {"state": state, "outcome": outcome, "held_rows": 2}
        for state, outcome in (("on_time", "accepted"), ("late", "accepted"), ("on_time", "unreadable"))
    ]
    ((_, (cell,)),) = grid.heat_map(rows, ("department_code",)).lines
    assert (cell.state, cell.mark) == ("returned", "退1")
    assert cell.text == "退回 1 份\uff0c迟报 1 份\uff0c按时 1 份\uff1b4 行待更正"


def test_periods_stand_in_the_order_of_the_calendar() -> None:
    base = samples.grid(departments=("CAB",))[0]
    rows = [base | {"period": period} for period in ("2026", "2026-H1", "2025-12", "2026-02", "2026-01", "2025-H2")]
    heat = grid.heat_map(rows, ("department_code",))
    assert [str(period) for period in heat.columns] == ["2025-12", "2025-H2", "2026-01", "2026-02", "2026-H1", "2026"]
    assert heat.years == ((2025, 2), (2026, 4))


def test_every_cell_says_in_words_what_its_colour_means() -> None:
    text = Page(page()).text
    for word in grid.STATES.values():
        assert word in text


def test_nothing_to_report_is_a_state_of_its_own() -> None:
    row = samples.grid(departments=("CAB",))[0] | {"outcome": "accepted", "state": "on_time", "held_rows": 0}
    nothing = row | {"is_nothing_to_report": True}
    assert [grid.state_of(one) for one in (row, nothing, nothing | {"state": "late"})] == ["on_time", "nothing", "late"]
    ((_, (cell,)),) = grid.heat_map([row, nothing], ("department_code",)).lines
    assert (cell.state, cell.mark, cell.text) == ("on_time", "✓", "本期无数据 1 份\uff0c按时 1 份")
    ((_, (late,)),) = grid.heat_map([nothing | {"state": "late"}], ("department_code",)).lines
    assert late.text == "迟报\uff08本期无数据\uff09"


def test_a_card_says_how_final_its_figure_is_and_how_much_was_signed() -> None:
    final = card(
        "T01",
        [
            samples.target(
                "T01",
                "2025-2027",
                dt.date(2025, 1, 1),
                dt.date(2027, 12, 31),
                figure_state="final",
                confirmed_share=0.9999,
            )
        ],
    )
    assert (final.figure_state, final.signed) == ("final", "99.9%")
    assert card("T01", [samples.target("T01", "point", None, None, confirmed_share=None)]).signed is None
    text = Page(page()).text
    assert "初步" in text and "已签字 25%" in text


def test_who_needs_a_call_stands_before_the_months() -> None:
    text = Page(page(held_since={"CAB": dt.date(2026, 1, 9)})).text
    assert text.index("该打电话的部门") < text.index("每月培训人次")
    assert "最早的已等了 315 天" in text
