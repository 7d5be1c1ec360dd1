"""The chain of need, training, certificates and work, counted once more from what units sent.

Random forecasts of several departments overlap, with and without levels; leads are looked up by hand. The index of
quality is `test_dbt_project_quality`; single cases are dbt's unit tests.
"""

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from tests.dbt_project.dbt_world import FIRST, World, build, certificate, record, training_class
from warehouse.store.data_root import Root

Row = dict[str, Any]
Place = tuple[int, str, str, str]
AS_OF = dt.date(2027, 2, 20)
LEADS = {"4-10-01-05": "CAB", "4-10-01-06": "COM", "4-04-05-05": "STI", "4-04-05-12": "IIT", "5-05-01-04": "HRSS"}
"""Occupation → its lead, as reference/occupation_leads.csv should have it."""
CLUSTERED = ("4-04-05-05", "4-04-05-12")
DEPARTMENTS = ("CAB", "COM", "STI", "IIT", "HRSS")
LATE = "IIT"
"""Its due day of 2027 is not over."""


@dataclass
class Sent:
    """What the units sent, in plain rows."""

    forecasts: dict[tuple[str, int], list[Row]] = field(default_factory=dict)
    classes: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    certificates: list[Row] = field(default_factory=list)
    looks: list[Row] = field(default_factory=list)


def sent() -> Sent:
    dice = random.Random(7)
    world = Sent()
    for year in (2026, 2027):
        for department in DEPARTMENTS:
            world.forecasts[department, year] = [
                {
                    "report_year": year,
                    "dept": department,
                    "occupation_code": code,
                    "occupation_name": code,
                    "skill_level": level,
                    "industry_cluster": "C01" if code in CLUSTERED else None,
                    "demand": dice.randrange(10, 90),
                    "training_need": dice.choice([None, *range(1, 30)]),
                }
                for code in LEADS
                for level in (None, "3", "5")
                if dice.random() < 0.45
            ]
    for number in range(60):
        start = dt.date(2026, 1, 1) + dt.timedelta(days=5 * number)  # a person's classes are five weeks apart
        course = training_class(
            f"C{number}",
            start,
            occupation_code=dice.choice([None, *LEADS]),
            skill_level=dice.choice([None, "3", "5"]),
            funding_source=dice.choice(["01", "08"]),
        )
        world.classes.append(course)
        for person in dice.sample(range(10), 6):
            key = f"P{number % 7}-{person}"
            cluster = dice.choice([None, "C01", "C02"])
            done = dice.random() < 0.8
            world.records.append(record(f"C{number}", key, completed=done, industry_cluster=cluster))
            _after(dice, world, course, key)
    return world


def _after(dice: random.Random, world: Sent, course: Row, person: str) -> None:
    if dice.random() < 0.5:
        world.certificates.append(
            certificate(
                f"K{len(world.certificates)}",
                person,
                issue_date=course["end_date"] + dt.timedelta(days=10),
                occupation_code=course["occupation_code"],
                skill_level=course["skill_level"],
                class_id=course["class_id"],
            )
        )
    for month in (3, 6):
        if dice.random() < 0.5:
            world.looks.append(
                {
                    "class_id": course["class_id"],
                    "person_key": person,
                    "check_month": month,
                    "check_date": dt.date(2026, 12, 1) + dt.timedelta(days=month),
                    "is_employed": dice.random() < 0.6,
                }
            )


def needs(world: Sent) -> dict[Place, int | None]:
    """Year, breakdown, code, level → training needed; a place that no lead forecasts is absent."""
    told: dict[Place, list[int | None]] = defaultdict(list)
    for (department, year), rows in world.forecasts.items():
        for code, lead in LEADS.items():
            led = [row for row in rows if row["occupation_code"] == code and lead == department]
            leveled = [row for row in led if row["skill_level"] is not None]
            for row in led:
                told[year, "occupation", code, row["skill_level"] or "none"].append(row["training_need"])
            for row in leveled or led:
                told[year, "occupation", code, "all"].append(row["training_need"])
                told[year, "city", "SZ", "all"].append(row["training_need"])
                if code in CLUSTERED:
                    told[year, "cluster", "C01", "all"].append(row["training_need"])
    return {
        place: None if all(need is None for need in values) else sum(need or 0 for need in values)
        for place, values in told.items()
    }


def chain(world: Sent) -> dict[Place, list[int]]:
    """Place of 2026, but no cluster → trained, persons, certificates, followed, employed."""
    courses = {row["class_id"]: row for row in world.classes}
    looks: dict[tuple[str, str], bool] = {}
    for row in sorted(world.looks, key=lambda row: row["check_month"]):
        looks[row["class_id"], row["person_key"]] = row["is_employed"]
    people: dict[Place, set[str]] = defaultdict(set)
    told: dict[Place, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for row in world.records:
        for place in places(courses[row["class_id"]]):
            figures = told[place]
            if not row["completed"]:
                continue
            look = looks.get((row["class_id"], row["person_key"]))
            people[place].add(row["person_key"])
            figures[0] += 1
            figures[1] = len(people[place])
            figures[3] += look is not None
            figures[4] += look is True
    for row in world.certificates:
        for place in places(row):
            told[place][2] += 1
    return dict(told)


def met(world: Sent, place: Place) -> int:
    """Completed participations of occupations that the lead gives a number of training needed for, at the place."""
    year, breakdown, code, level = place
    numbered = set()
    for occupation, lead in LEADS.items():
        rows = [row for row in world.forecasts[lead, year] if row["occupation_code"] == occupation]
        leveled = [row for row in rows if row["skill_level"] is not None]
        if any(row["training_need"] is not None for row in leveled or rows):
            numbered.add(occupation)
    courses = {row["class_id"]: row for row in world.classes}
    count = 0
    for row in world.records:
        course = courses[row["class_id"]]
        if not row["completed"] or course["end_date"].year != year or course["occupation_code"] not in numbered:
            continue
        in_place = {
            "occupation": course["occupation_code"] == code and level in ("all", course["skill_level"] or "none"),
            "cluster": row["industry_cluster"] == code and course["occupation_code"] in CLUSTERED,
            "city": True,
        }
        count += in_place[breakdown]
    return count


def places(row: Row) -> list[Place]:
    code, level = row["occupation_code"] or "none", row["skill_level"] or "none"
    return [(2026, "occupation", code, level), (2026, "occupation", code, "all"), (2026, "city", "SZ", "all")]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sent, dict[Place, Row]]:
    rows = sent()
    root = Root(tmp_path_factory.mktemp("demand"))
    world = World(root, as_of=AS_OF)
    for department in DEPARTMENTS:
        for year in (2026, 2027):
            due = dt.date(2027, 3, 1) if (department, year) == (LATE, 2027) else dt.date(year - 1, 12, 31)
            world.expect("demand_forecast", department, str(year), due)
            world.submit("demand_forecast", department, str(year), rows.forecasts[department, year])
    for dataset in ("training_record", "outcome_followup"):
        world.expect(dataset, "HRSS", "2026-12", dt.date(2027, 1, 11))
    listed = {"uscc": FIRST, "name": FIRST, "entity_type": "1", "valid_from": dt.date(2024, 1, 1), "status": "1"}
    world.submit("institution_directory", "HRSS", "2026-12", [listed])
    world.submit("training_class", "HRSS", "2026-12", rows.classes)
    world.submit("training_record", "HRSS", "2026-12", rows.records)
    world.submit("certificate", "HRSS", "2026-12", rows.certificates)
    world.submit("outcome_followup", "HRSS", "2026-12", rows.looks)
    world.write()
    target = root.path / "target"
    target.mkdir()
    build(root, target, "--resource-type", "model", "--select", "+rpt_demand_supply")
    with duckdb.connect(str(root.database), read_only=True) as con:
        result = con.execute("select * from marts.rpt_demand_supply")
        names = [column[0] for column in result.description or []]
        told = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return rows, {(row["calendar_year"], row["breakdown"], row["code"], row["skill_level_code"]): row for row in told}


def test_need_is_what_leads_forecast_with_levels_apart(counted: tuple[Sent, dict[Place, Row]]) -> None:
    world, told = counted
    needed = needs(world)
    assert {place for place, row in told.items() if row["forecast_state"] == "reported"} == set(needed)
    assert {place: told[place]["training_need_count"] for place in needed} == needed
    assert {row["training_need_count"] for place, row in told.items() if place not in needed} == {None}
    for place, need in needed.items():
        share = told[place]["training_need_share"]
        trained = told[place]["trained_with_need"]
        expected = Fraction(trained * 10**6 // need, 10**6) if need else None
        assert (None if share is None else Fraction(share)) == expected, place


def test_training_that_meets_need_is_of_occupations_whose_need_has_a_number(
    counted: tuple[Sent, dict[Place, Row]],
) -> None:
    """Not of an occupation whose lead is silent, nor without an occupation, nor of one outside the cluster."""
    world, told = counted
    needed = needs(world)
    assert any(needed.get((2026, "occupation", code, "all")) is None for code in LEADS), "no silent lead"
    assert {place: told[place]["trained_with_need"] for place, need in needed.items() if need is not None} == {
        place: met(world, place) for place, need in needed.items() if need is not None
    }
    assert {row["trained_with_need"] for place, row in told.items() if needed.get(place) is None} == {None}
    for whole in ((2026, "city", "SZ", "all"), (2026, "cluster", "C01", "all")):
        assert 0 < told[whole]["trained_with_need"] < told[whole]["trained"], whole


def test_a_lead_is_silent_from_its_first_due_day_on(counted: tuple[Sent, dict[Place, Row]]) -> None:
    world, told = counted
    needed = needs(world)
    silent = {place: row for place, row in told.items() if place[1] == "occupation" and place not in needed}
    states = {place: row["forecast_state"] for place, row in silent.items()}
    assert states == {
        place: None
        if place[2] == "none"
        else "lead_silent"
        if place[0] == 2027 and LEADS[place[2]] != LATE
        else "not_due"
        for place in silent
    }
    assert set(states.values()) == {None, "lead_silent", "not_due"}
    assert {place[2]: row["lead_department_code"] for place, row in told.items() if place[2] in LEADS} == LEADS


def test_the_chain_is_what_was_sent(counted: tuple[Sent, dict[Place, Row]]) -> None:
    world, told = counted
    recounted = chain(world)
    columns = ("trained", "trained_persons", "certificates", "followed", "employed")
    assert {place: [told[place][column] for column in columns] for place in recounted} == recounted
    assert told[2026, "city", "SZ", "all"]["employed"] > 20
