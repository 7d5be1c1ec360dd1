"""The plan's targets: which period is shown, how far it is, what it is made of, and how its card says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from pages import target_words, words
from pages.gather.targets import targets
from pages.render.environment import TEMPLATES
from pages.render.targets import Card
from pages.render.targets import card as drawn_card
from tests.pages import report_samples as samples
from warehouse.vocabulary import policy, reference
from warehouse.vocabulary.mart import MODELS


def cards(rows: list[dict[str, Any]], breakdown: Sequence[dict[str, Any]] = ()) -> dict[str, Card]:
    drawn = [drawn_card(facts, samples.AS_OF) for facts in targets(rows, samples.AS_OF, breakdown)]
    return {card.target_id: card for card in drawn}


def card(target_id: str, rows: list[dict[str, Any]] | None = None) -> Card:
    return cards(rows or samples.targets())[target_id]


def test_all_targets_stand_in_the_order_of_the_plan() -> None:
    assert list(cards(samples.targets())) == [row["id"] for row in reference.table("targets")]


def test_opening_balance_and_totals_are_shown_apart_and_add_up() -> None:
    parts = {part.name: part for part in card("T01").parts}
    assert (parts["opening"].value, parts["totals"].value) == ("41,260", "2,318")
    values = sum(int(part.value.replace(",", "")) for part in parts.values())
    assert values == samples.target("T01", "2025-2027", None, None)["actual"]
    assert card("T01").figure == "17.36 万人次"


def test_a_yearly_target_shows_the_year_that_runs_and_keeps_the_others() -> None:
    shown = card("T09")
    assert shown.period == "2026年度"
    assert [other[0] for other in shown.others] == ["2025年度", "2027年度"]


def test_a_ratio_just_below_its_goal_is_not_shown_as_reached() -> None:
    assert card("T10").figure == "99.9%"
    assert card("T10").share == "99.9%"
    assert (card("T10").period, card("T10").clock) == ("时点数（2026年10月31日），名录口径", None)


def test_every_reading_has_a_word_and_the_main_one_is_named_where_it_has_its_own() -> None:
    readings = {(row["target_id"], row["reading"]) for row in reference.table("target_definitions")}
    assert not [code for target, code in readings if target_words.reading(target, code) == code]
    named = {target for target, code in readings if code == "main" and target_words.reading_apart(target, code)}
    assert named == {"T10"}
    assert target_words.reading_apart("T19", "enterprises_reaching") == "达到 60% 的企业占比"
    assert target_words.period_word("2025-2027") == "2025—2027年"


def test_a_bar_beyond_its_goal_stays_within_its_box() -> None:
    rows = [samples.target("T17", "2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), actual=160, status="done")]
    shown = card("T17", rows)
    assert (shown.parts[0].width, shown.goal_place, shown.share) == ("100.00%", "62.50%", "160%")


def test_without_a_figure_there_is_a_dash_and_no_share() -> None:
    rows = [samples.target("T10", "point", dt.date(2025, 1, 1), dt.date(2027, 12, 31), actual=None, status="no_data")]
    assert (card("T10", rows).figure, card("T10", rows).share, card("T10", rows).status) == ("—", "—", "no_data")


def test_a_period_that_has_not_begun_is_neither_ahead_nor_behind() -> None:
    assert [other[2:] for other in card("T09").others if other[0] == "2027年度"] == [("—", "not_due", "未到评价期")]


def year(target_id: str, number: int, **changes: Any) -> dict[str, Any]:
    return samples.target(target_id, str(number), dt.date(number, 1, 1), dt.date(number, 12, 31), **changes)


def test_lists_of_a_year_that_come_after_it_leave_the_last_year_in_sight() -> None:
    over = {"cut_off_date": dt.date(2025, 12, 31), "expected_share": None}
    rows = [year("T17", 2025, actual=92, status="not_done", **over), year("T17", 2026, **samples.NOT_DUE)]
    shown = card("T17", rows)
    assert (shown.period, shown.status_said, shown.clock) == ("2025年度", "未完成", "已结束")
    assert shown.later == "2026年度未到评价期"
    assert [other[2:] for other in shown.others] == [("—", "not_due", "未到评价期")]


def test_a_card_says_until_when_it_is_judged_and_what_should_be_done_by_then() -> None:
    assert card("T09").clock == "评价时点 2026年10月31日：完成率 88%，序时进度 83.2%"
    unpaced = year("T13", 2026, expected_share=None, status="not_paced", actual_at_cut_off=25, actual=31, is_met=True)
    shown = card("T13", [unpaced | {"early_actual": 6}])
    assert (shown.status_said, shown.clock) == ("不按序时评价", "评价时点 2026年10月31日：完成率 83.3%")
    assert shown.beside == ("评价时点后提前报送 6项，不参与评价", "完成数已达到目标值")


def test_who_is_missing_is_named_where_a_target_is_not_judged() -> None:
    shown = card("T09", [year("T09", 2026, status="incomplete", missing_unit_codes="CAB;HRSS.440305")])
    assert shown.status_said == "数据不全，暂不评价"
    assert shown.beside == ("到期未报：市民政局、市人力资源保障局·南山区",)


@pytest.mark.parametrize(
    ("status", "actual", "said"),
    [
        ("not_selected", None, "未评选"),
        ("announced", 8, "已公布 8名"),
        ("exceeded", 11, "超出名额（已公布 11名）"),
    ],
)
def test_a_quota_says_how_many_were_announced(status: str, actual: int | None, said: str) -> None:
    assert card("T16", [year("T16", 2026, status=status, actual=actual)]).status_said == said


def test_every_status_of_the_mart_has_a_word_a_mark_and_a_colour() -> None:
    mart = yaml.safe_load((MODELS / "targets" / "rpt_target_progress.yml").read_text("utf-8"))["models"][0]
    [column] = [column for column in mart["columns"] if column["name"] == "status"]
    statuses = set(column["data_tests"][0]["accepted_values"]["arguments"]["values"])
    assert statuses == set(words.STATUSES) == set(words.STATUS_MARKS)
    tones = (TEMPLATES / "parts.html").read_text("utf-8").partition("%}")[0]
    assert [status for status in statuses if f'"{status}":' not in tones] == []
    assert target_words.status_word("met") == "已达成", "as publications of before say it"


@pytest.mark.parametrize(
    ("target_id", "goal"),
    [
        ("T16", "10名（定额）"),
        ("T18", "100名（定额）"),
        ("T15", "超过 100 万人"),
        ("T17", "100名"),
        ("T01", "28 万人次"),
        ("T05", "1,000人（去重）"),
        ("T19", "60%"),
    ],
)
def test_a_goal_is_said_with_its_unit_and_how_strict_it_is(target_id: str, goal: str) -> None:
    assert card(target_id).goal == goal


def test_what_a_figure_is_made_of_is_listed_for_the_period_shown() -> None:
    drawn = cards(samples.targets(), samples.breakdown())
    pieces = {target_id: card.pieces for target_id, card in drawn.items()}
    assert pieces["T07"] == (
        ("施工现场专业人员培训", "9,000", "8,700", "200", "100"),
        ("农民工职业技能提升训练", "4,200", "3,900", "200", "100"),
        ("市住房建设局", "13,200", "12,900", "200", "100"),
    )
    assert pieces["T04"] == (("市退役军人局", "不公布", "—", "—", "—"),)
    assert pieces["T01"] == ()


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


def test_how_much_of_the_opening_balance_is_verified_stands_beside_how_final_a_figure_is() -> None:
    """Two labels, never one."""
    verified = card("T01", [samples.target("T01", "point", None, None, balance_verified_share=0.4321)])
    assert (verified.figure_state, verified.verified) == ("preliminary", "43.2%")
    assert card("T01").verified is None


def test_what_is_too_few_is_said_with_the_smallest_total_that_is_published() -> None:
    assert f"不足 {policy.number('smallest_published_total', samples.AS_OF):.0f}" == words.TOO_FEW
