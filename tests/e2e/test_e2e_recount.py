"""The published targets and their months equal an independent recount of the demo's truth, to the row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.feed import feeds
from tests.e2e.harness import AS_OF, Skills
from tests.e2e.recount import Truth, balances, credited, months, off_standard, recount, reported, supporting
from warehouse.published import publication
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

DAY = dt.date.fromisoformat(AS_OF)


def differences(skills: Skills) -> tuple[dict[object, object], int]:
    """What is published otherwise than counted, and how many figures are more than nought."""
    with publication.open_current(skills.root).connect() as con:
        told = {
            (target, reading, period): actual
            for target, reading, period, actual in con.execute(
                "select target_id, reading, period, actual from rpt_target_progress"
            ).fetchall()
        }
        told_months = {
            (target, reading, month): counted
            for target, reading, month, counted in con.execute(
                "select target_id, reading, month_date, counted from rpt_target_month "
                "where counted > 0 and target_id <> 'T05'"
            ).fetchall()
        }
    counted = recount(skills.root, DAY)
    assert {target for target, _, _ in told} == {row["id"] for row in reference.table("targets")}
    # No figure is not nought: a year not begun, and the lists of 2026 that are due in January 2027.
    for (target, reading, period), value in list(counted.items()):
        if period == "2027" or (target in ("T16", "T17") and period == "2026"):
            assert told[target, reading, period] is None
            assert counted.pop((target, reading, period)) == value == 0
    wrong: dict[object, object] = {
        key: (value, told.get(key)) for key, value in counted.items() if told.get(key) != value
    }
    counted_months = months(skills.root, DAY)
    wrong |= {
        key: (counted_months.get(key), told_months.get(key))
        for key in counted_months.keys() | told_months.keys()
        if counted_months.get(key) != told_months.get(key)
    }
    return wrong, sum(value > 0 for value in counted.values())


def test_every_target_is_confirmed(skills: Skills) -> None:
    wrong, positive = differences(skills)
    assert wrong == {}
    assert positive >= 15


SUPPORTING = """
select 'register ' || register_kind_code, sum(employee_count) + count(*)
from fct_enterprise_register where is_counted group by all
union all select 'enterprises', count(*) from dim_enterprise
union all select 'budget', sum(budget_fen) from fct_budget
union all select 'spent', sum(spent_fen) from fct_budget
union all select 'labour cost', sum(cost_per_capita_fen) from fct_labour_cost
union all select 'courses', count(*) from fct_course
union all select 'course hours', sum(course_hours) from fct_course
union all select 'publicity', count(*) from fct_publicity
union all select 'pieces', sum(piece_count) from fct_publicity
union all select 'audience', sum(audience_count) from fct_publicity
union all select 'standards', sum(amount_fen) + count(*) from fct_subsidy_standard
union all select 'wages with an industry', count(industry_code) from fct_wage_guidance
union all select 'levels with a wage', count(distinct skill_level_code) from fct_wage_guidance
"""


def test_what_supports_the_training_is_confirmed(skills: Skills) -> None:
    counted = supporting(skills.root, DAY)
    with publication.open_current(skills.root).connect() as con:
        assert {name: int(value) for name, value in con.execute(SUPPORTING).fetchall()} == counted
    assert min(counted.values()) > 0
    assert counted["levels with a wage"] == len(reference.codes("skill_level"))


def test_what_is_optional_is_in_the_grid_when_it_came_and_neither_in_time_nor_late(skills: Skills) -> None:
    optional = {f"{feed.department}/{feed.dataset}" for feed in feeds() if feed.is_optional}
    with publication.open_current(skills.root).connect() as con:
        told = con.execute("select department_code || '/' || dataset, state from rpt_submission_grid").fetchall()
    assert {(name, state) for name, state in told if name in optional} == {(name, "unasked") for name in optional}


def test_a_payment_off_the_standard_in_force_is_confirmed(skills: Skills) -> None:
    with publication.open_current(skills.root).connect() as con:
        told = con.execute(
            "select unit_code, payment_id, standard_difference_fen from fct_subsidy_payment "
            "where standard_difference_fen <> 0"
        ).fetchall()
    counted = off_standard(skills.root, DAY)
    assert {(unit, payment): difference for unit, payment, difference in told} == counted
    assert len(counted) >= 3


@pytest.mark.parametrize(
    "target",
    [
        row["target_id"]
        for row in reference.table("target_definitions")
        if (row["reading"], row["measure"], row["is_sensitive"]) == ("main", "events", "")
    ],
)
def test_parts_add_up_to_the_whole(target: str, skills: Skills) -> None:
    """By department, by district and by part, opening balances and units that report totals only included."""
    with publication.open_current(skills.root).connect() as con:
        wholes = dict(
            con.execute(
                "select period, actual from rpt_target_progress "
                "where target_id = $target and reading = 'main' and actual <> 0",
                {"target": target},
            ).fetchall()
        )
        pieces = con.execute(
            "select breakdown, period, sum(actual) from rpt_target_breakdown "
            "where target_id = $target and reading = 'main' group by all having sum(actual) <> 0",
            {"target": target},
        ).fetchall()
    breakdowns = {breakdown for breakdown, _, _ in pieces}
    has_parts = any(row["target_id"] == target and row["part"] for row in reference.table("target_rules"))
    assert breakdowns == {"department", "district"} | ({"part"} if has_parts else set())
    for breakdown in breakdowns:
        assert {period: actual for kind, period, actual in pieces if kind == breakdown} == wholes, breakdown


def test_what_remains_of_each_balance_is_what_rows_do_not_cover(skills: Skills) -> None:
    truth = Truth(skills.root, DAY)
    counted = balances(truth, reported(truth))
    with publication.open_current(skills.root).connect() as con:
        told = con.execute(
            "select unit_code, target_id, sum(declared), sum(covered), sum(remaining) from rpt_opening_balance "
            "where reading = 'main' and target_id not in ('T04', 'T05') group by all"
        ).fetchall()
    shown = counted[(counted["declared"] > 0) | (counted["covered"] > 0)]
    added = {row["target_id"] for row in reference.table("target_definitions") if row["opening"] == "added"}
    shown = shown[shown["target"].isin(added - {"T04", "T05"})]
    assert {(unit, target): (*map(float, numbers),) for unit, target, *numbers in told} == {
        (line.unit, line.target): (line.declared, line.covered, line.remaining) for line in shown.itertuples()
    }
    assert shown["covered"].sum() > 0


@pytest.mark.soak
@pytest.mark.parametrize(("seed", "span"), [("11", "2025-12:2025-12"), ("23", "2026-01:2026-01")])
def test_other_worlds_are_confirmed_too(seed: str, span: str, tmp_path: Path) -> None:
    skills = Skills(Root(tmp_path / "data"))
    skills("demo", "--seed", seed, "--months", span, "--scale", "0.05")
    skills("run", "--as-of", AS_OF)
    wrong, positive = differences(skills)
    assert wrong == {}
    assert positive >= 10


def test_competitions_and_awards_stand_with_their_host_and_their_lead(skills: Skills) -> None:
    with publication.open_current(skills.root).connect() as con:
        told = {
            (target, year, department): count
            for target, year, department, count in con.execute(
                "select target_id, cast(year(event_date) as varchar), department_code, cast(sum(amount) as integer) "
                "from fct_target_contribution "
                "where target_id in ('T13', 'T14', 'T16', 'T17', 'T18') and component = 'counted' group by all"
            ).fetchall()
        }
    assert told == credited(skills.root, DAY)
    assert {department for target, _, department in told if target == "T14"} == {"HRSS", "TUF"}
    assert {department for target, _, department in told if target == "T17"} == {"TUF"}
