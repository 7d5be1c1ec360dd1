"""Quality by kind, employment and founders' rates of a random world equal a plain recount that shares nothing with dbt.

What counts is said here once more, as the bureau's definitions say it: kinds, certificates, windows, denominators.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from tests.dbt_project.dbt_world import World, build, certificate, record, training_class
from warehouse.store.data_root import Root
from warehouse.vocabulary.metric import metrics

AS_OF, CUT_OFF = dt.date(2026, 10, 20), dt.date(2026, 9, 30)
INSTITUTIONS = [f"91440300000000{number:02d}X{number % 10}" for number in range(14)]
Row = dict[str, Any]
WEIGHTS = {
    "employment": {"pass": 20, "certificate": 30, "employment": 50},
    "skill": {"pass": 40, "certificate": 60},
    "apprenticeship": {"completion": 50, "certificate": 50},
    "safety": {"pass": 50, "certificate": 50},
    "entrepreneurship": {"pass": 20, "practice": 40, "stability": 40},
}
MONTHS_BEFORE = {"employment": 7, "entrepreneurship": 13}
TYPES = {"01": "employment", "09": "employment", "03": "entrepreneurship", "05": "apprenticeship", "07": "safety"}
SKILL_TYPES = {"02", "06", "08", "10"}


@dataclass
class Sent:
    """What the units sent, in plain rows."""

    classes: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    certificates: list[Row] = field(default_factory=list)
    looks: list[Row] = field(default_factory=list)


def month_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of that month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def sent(dice: random.Random) -> Sent:
    world = Sent()
    for place, uscc in enumerate(INSTITUTIONS):
        for project_type, program in (
            ("01", None),
            ("09", "06"),
            ("02", None),
            ("08", "01"),
            ("07", None),
            ("02", "08"),
            ("05", None),
            ("03", None),
            ("03", "11"),
            ("04", None),
            ("07", "09;10"),
        ):
            for _ in range(dice.choice([2, 3, 4])):
                _fill(dice, world, place, {"org_uscc": uscc, "project_type": project_type, "programs": program})
    return world


def _fill(dice: random.Random, world: Sent, place: int, facts: Row) -> None:
    number = len(world.classes)
    start = dt.date(2024, 6, 1) + dt.timedelta(days=dice.randrange(820))
    course = training_class(f"C{number}", start, **facts, occupation_code=dice.choice([None, *["4-10-01-05"] * 9]))
    course["department"] = dice.choice(["CAB", "CAB", "HRSS"])
    world.classes.append(course)
    share = 0.1 if place == 3 else 0.8
    for at in range(dice.randint(20, 34)):
        person = f"P{number}-{at}" if facts["programs"] != "11" or at > 3 else f"founder{place}-{at}"
        row = record(
            course["class_id"],
            person,
            completed=dice.random() < 0.93,
            exam_result=dice.choice(["1", "1", "1", "1", "3", "0", "2", None]),
            person_category=dice.choice(["01", "03", "06", "06;07", "07", "08", "10", "11", "14"]),
            employer_uscc=dice.choice([None, None, None, INSTITUTIONS[0]]),
        )
        row["department"] = course["department"]
        world.records.append(row)
        if dice.random() < share:
            issued = course["end_date"] + dt.timedelta(days=dice.choice([-3, 0, 5, 30, 180, 181]))
            kind = dice.choice(["02"] * 4 + ["03", "04"])
            world.certificates.append(
                certificate(
                    f"K{len(world.certificates)}",
                    person,
                    issue_date=issued,
                    cert_type=kind,
                    occupation_code=dice.choice([*[course["occupation_code"]] * 4, "6-29-01-04"]),
                    class_id=dice.choice([None, course["class_id"]]),
                )
            )
        _look(dice, world, course, person, share)


def _look(dice: random.Random, world: Sent, course: Row, person: str, share: float) -> None:
    has_started = False
    for month in (3, 6, 12, 24):
        day = month_after(course["end_date"], month) + dt.timedelta(days=dice.randint(-9, 9))
        has_started = has_started or dice.random() < 0.2
        if day <= dt.date(2026, 10, 15) and dice.random() < 0.93:
            world.looks.append(
                {
                    "class_id": course["class_id"],
                    "person_key": person,
                    "id_type": "01",
                    "check_month": month,
                    "check_date": day,
                    "is_employed": dice.random() < share,
                    "has_started_business": has_started or dice.choice([False, False, None]),
                    "is_still_operating": dice.choice([True, True, False, None]) if has_started else None,
                }
            )


def kind_of(course: Row) -> str:
    programs = set((course["programs"] or "").split(";"))
    if "10" in programs:
        return "pass_only"
    if programs & {"08", "09"}:
        return "safety"
    if "11" in programs:
        return "entrepreneurship"
    project_type = course["project_type"]
    return "skill" if project_type in SKILL_TYPES else TYPES.get(project_type, "pass_only")


def certificates_of(kind: str, course: Row) -> set[str]:
    if kind == "safety":
        return {"04", "06", "07", "08"}
    if kind in ("entrepreneurship", "pass_only"):
        return set()
    return {"03"} if kind == "skill" and course["project_type"] == "08" else {"01", "02"}


@dataclass
class Person:
    """One participation and what is known of it."""

    row: Row
    course: Row
    kind: str
    certified: bool
    certificate_known: bool
    looks: dict[int, Row]

    @property
    def ended(self) -> dt.date:
        day: dt.date = self.course["end_date"]
        return day

    def is_due(self, month: int) -> bool:
        return bool(self.row["completed"]) and month_after(self.ended, month) <= CUT_OFF

    def has_started(self, month: int) -> bool:
        return any(look["has_started_business"] for at, look in self.looks.items() if at <= month)

    def is_business_known(self, month: int) -> bool:
        look = self.looks.get(month)
        if look is None or look["has_started_business"] is None:
            return False
        return not self.has_started(month) or look["is_still_operating"] is not None

    def is_operating(self, month: int) -> bool:
        return bool(self.looks[month]["is_still_operating"])

    @property
    def is_asked_for_work(self) -> bool:
        categories = set(self.row["person_category"].split(";"))
        asked = categories & {"01", "02", "03", "04", "05", "06", "09", "10", "13", "14"}
        is_open = asked and not categories & {"07", "11", "12"} and self.row["employer_uscc"] is None
        return bool(self.kind == "employment" and self.row["completed"] and is_open)


def persons(world: Sent) -> list[Person]:
    courses = {course["class_id"]: course for course in world.classes}
    held: dict[str, list[Row]] = defaultdict(list)
    for row in world.certificates:
        held[row["person_key"]].append(row)
    told: dict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for look in world.looks:
        if look["check_date"] <= CUT_OFF:
            told[look["class_id"], look["person_key"]][look["check_month"]] = look
    named = {row["class_id"] for row in world.certificates if row["class_id"]}
    listed = []
    for row in world.records:
        course = courses[row["class_id"]]
        if course["end_date"] > CUT_OFF:
            continue
        kind = kind_of(course)
        last = min(course["end_date"] + dt.timedelta(days=180), CUT_OFF)
        fits = [
            paper
            for paper in held[row["person_key"]]
            if paper["cert_type"] in certificates_of(kind, course)
            and course["end_date"] <= paper["issue_date"] <= last
            and (
                paper["class_id"] == course["class_id"]
                or (course["occupation_code"] and paper["occupation_code"] == course["occupation_code"])
            )
        ]
        known = bool(course["occupation_code"]) or course["class_id"] in named
        looks = told[row["class_id"], row["person_key"]]
        listed.append(Person(row, course, kind, bool(fits) and bool(row["completed"]), known, looks))
    return listed


def cut(part: int, whole: int) -> Fraction | None:
    """As it is published: six places, never rounded up; nothing of fewer than five."""
    return Fraction(part * 10**6 // whole, 10**6) if whole >= 5 else None


def rates(group: list[Person]) -> dict[str, tuple[int, int, Fraction | None]]:
    """Component → due, known, rate."""
    done = [person for person in group if person.row["completed"]]
    exams = [person.row["exam_result"] for person in group]
    examined = [result for result in exams if result in ("0", "1", "3")]
    certain = [person for person in done if person.certificate_known]
    asked = [person for person in group if person.is_asked_for_work and person.is_due(6)]
    work = [person for person in asked if 6 in person.looks]

    def people(test: Callable[[Person], bool]) -> int:
        return len({person.row["person_key"] for person in done if test(person)})

    started = people(lambda p: p.is_due(6) and p.is_business_known(6) and p.has_started(6))
    operating = people(lambda p: p.is_due(12) and p.has_started(6) and p.is_business_known(12) and p.is_operating(12))
    founders = people(lambda p: p.is_due(6)), people(lambda p: p.is_due(6) and p.is_business_known(6))
    firms = (
        people(lambda p: p.is_due(12) and p.has_started(6)),
        people(lambda p: p.is_due(12) and p.has_started(6) and p.is_business_known(12)),
    )
    return {
        "completion": (len(group), len(group), cut(len(done), len(group))),
        "pass": (
            len(group),
            sum(result is not None for result in exams),
            cut(sum(result in ("1", "3") for result in examined), len(examined)),
        ),
        "certificate": (len(done), len(certain), cut(sum(p.certified for p in certain), len(certain))),
        "employment": (len(asked), len(work), cut(sum(bool(p.looks[6]["is_employed"]) for p in work), len(work))),
        "practice": (*founders, cut(started, founders[1])),
        "stability": (*firms, cut(operating, firms[1])),
    }


def index(kind: str, group: list[Person]) -> Fraction | None:
    if len({person.row["person_key"] for person in group if person.row["completed"]}) < 30:
        return None
    components, total = rates(group), Fraction(0)
    for component, weight in WEIGHTS[kind].items():
        due, known, rate = components[component]
        if rate is None or known == 0 or known * 10 < due * 8:
            return None
        total += Fraction(weight, 100) * rate
    return Fraction(total.numerator * 10**4 // total.denominator, 10**4)


def between(values: list[Fraction], share: Fraction) -> Fraction:
    """The value at a share of the way through, between its neighbours."""
    place = share * (len(values) - 1)
    low = int(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


def judged_groups(world: Sent) -> dict[tuple[str, str], list[Person]]:
    """(institution, kind) → who ended in the months that are judged."""
    groups: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in persons(world):
        last = month_after(CUT_OFF.replace(day=1), -MONTHS_BEFORE.get(person.kind, 1))
        if month_after(last, -11) <= person.ended.replace(day=1) <= last:
            groups[person.course["org_uscc"], person.kind].append(person)
    return groups


def indexes(world: Sent) -> dict[tuple[str, str], tuple[Fraction, bool]]:
    """(institution, kind) → index, and whether it is low."""
    groups = judged_groups(world)
    indexed = {
        key: value for key, group in groups.items() if key[1] in WEIGHTS and (value := index(key[1], group)) is not None
    }
    judged = {}
    for (institution, kind), value in indexed.items():
        peers = sorted(other for (_, of), other in indexed.items() if of == kind)
        low = len(peers) >= 10 and value < between(peers, Fraction(1, 10))
        judged[institution, kind] = (value, low and value < between(peers, Fraction(1, 2)) * Fraction(85, 100))
    return judged


def counts(world: Sent) -> dict[tuple[str, int, str, int], tuple[int, int, int]]:
    """(department or SZ, year, rate, month) → due, known, reached; nothing where nothing is due."""
    everybody: dict[tuple[str, int], list[Person]] = defaultdict(list)
    for person in persons(world):
        for place in (person.row["department"], "SZ"):
            everybody[place, person.ended.year].append(person)
    told = {}
    for (place, year), group in everybody.items():
        asked = [person for person in group if person.is_asked_for_work]
        for month in (3, 6, 12):
            due = [person for person in asked if person.is_due(month)]
            known = [person for person in due if month in person.looks]
            told[place, year, "employment", month] = (
                len(due),
                len(known),
                sum(bool(person.looks[month]["is_employed"]) for person in known),
            )
        founders = [p for p in group if p.row["completed"] and "11" in (p.course["programs"] or "").split(";")]
        for month in (3, 6, 12, 24):
            due = [person for person in founders if person.is_due(month)]
            known = [person for person in due if person.is_business_known(month)]
            started = [person for person in known if person.has_started(month)]
            told[place, year, "practice", month] = heads(due, known, started)
            told[place, year, "success", month] = heads(due, known, (p for p in started if p.is_operating(month)))
            if month >= 12:
                early = [person for person in due if person.has_started(6)]
                seen = [person for person in early if person.is_business_known(month)]
                told[place, year, "stability", month] = heads(early, seen, (p for p in seen if p.is_operating(month)))
    return {key: value for key, value in told.items() if value[0]}


def heads(*groups: Iterable[Person]) -> tuple[int, int, int]:
    due, known, reached = (len({person.row["person_key"] for person in group}) for group in groups)
    return due, known, reached


RATE_METRICS = {
    "employment": "trainee_employment_rate",
    "practice": "founder_practice_rate",
    "success": "founder_success_rate",
    "stability": "founder_stability_rate",
}
KNOWN_METRICS = {"employment": "trainee_known_share", "practice": "founder_known_share"}
QUALITY_METRICS = {"quality_pass_rate", "quality_certificate_rate", "quality_index"}


def rated(rate: str, due: int, known: int) -> bool:
    return known >= 5 and (rate == "employment" or known * 10 >= due * 6)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sent, duckdb.DuckDBPyConnection]:
    dice = random.Random(16)
    rows = sent(dice)
    root = Root(tmp_path_factory.mktemp("quality"))
    world = World(root, as_of=AS_OF)
    for dataset in ("training_record", "outcome_followup"):
        for unit in ("CAB", "HRSS"):
            world.expect(dataset, unit, "2026-09", dt.date(2026, 10, 12))
            world.expect(dataset, unit, "2026-10", dt.date(2026, 11, 10))
    world.submit(
        "institution_directory",
        "HRSS",
        "2026-09",
        [
            {"uscc": uscc, "name": uscc, "entity_type": "1", "valid_from": dt.date(2024, 1, 1), "status": "1"}
            for uscc in INSTITUTIONS
        ],
    )
    for unit in ("CAB", "HRSS"):
        for dataset, kept in (("training_class", rows.classes), ("training_record", rows.records)):
            world.submit(dataset, unit, "2026-09", [without(row) for row in kept if row["department"] == unit])
    world.submit("certificate", "HRSS", "2026-09", rows.certificates)
    world.submit("outcome_followup", "HRSS", "2026-10", rows.looks)
    world.write()
    target = root.path / "target"
    target.mkdir()
    build(root, target, "--resource-type", "model", "--select", "+rpt_program_quality", "+rpt_outcome_rate")
    return rows, duckdb.connect(str(root.database), read_only=True)


def without(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "department"}


def test_the_index_of_a_kind_is_what_its_components_say(judged: tuple[Sent, duckdb.DuckDBPyConnection]) -> None:
    rows, con = judged
    told = {
        (institution, kind): (Fraction(value), low)
        for institution, kind, value, low in con.execute(
            "select subject_key, quality_kind, quality_index, is_low from marts.rpt_program_quality "
            "where subject_kind = 'institution' and quality_index is not null"
        ).fetchall()
    }
    recounted = indexes(rows)
    assert told == recounted
    assert {kind for _, kind in told} >= {"employment", "skill", "safety"}
    low = {institution for (institution, _), (_, low) in told.items() if low}
    assert INSTITUTIONS[3] in low
    assert len(low) <= 3


def test_rates_have_the_denominators_of_those_due_and_known(judged: tuple[Sent, duckdb.DuckDBPyConnection]) -> None:
    rows, con = judged
    told = {
        (place, year, rate, month): (due, known, reached, state, share, lowest)
        for place, year, rate, month, due, known, reached, state, share, lowest in con.execute(
            "select subject_key, completion_year, rate, check_month, due_count, known_count, reached_count, "
            "evaluation, rate_share, lowest_share from marts.rpt_outcome_rate"
        ).fetchall()
    }
    recounted = counts(rows)
    assert {key: value[:3] for key, value in told.items() if value[0] is not None} == {
        key: value for key, value in recounted.items() if value[0] >= 5
    }
    assert len(recounted) > 40
    assert {value[3] for key, value in told.items() if key not in recounted} == {"not_due"}
    for key, (due, known, reached) in recounted.items():
        is_rated = rated(key[2], due, known)
        share, lowest = told[key][4:]
        assert (None if share is None else Fraction(share)) == (cut(reached, known) if is_rated else None), key
        assert (None if lowest is None else Fraction(lowest)) == (cut(reached, due) if is_rated else None), key


def metric(con: duckdb.DuckDBPyConnection, name: str, *by: str) -> dict[tuple[Any, ...], float]:
    told = con.execute(metrics().sql(metrics().of(name), *by)).fetchall()
    return {tuple(key): pytest.approx(float(value)) for *key, value in told if value is not None}


def test_metrics_are_rates_by_numerator_and_denominator(judged: tuple[Sent, duckdb.DuckDBPyConnection]) -> None:
    """Of what is rated; shares of those known also where too few are for a rate."""
    rows, con = judged
    con.execute("set search_path = 'marts'")
    expected: dict[str, dict[tuple[Any, ...], float]] = defaultdict(dict)
    for (place, year, rate, month), (due, known, reached) in counts(rows).items():
        if rated(rate, due, known):
            expected[RATE_METRICS[rate]][place, year, month] = reached / known
        if rate in KNOWN_METRICS and due >= 5:
            expected[KNOWN_METRICS[rate]][place, year, month] = known / due
    for (institution, kind), group in judged_groups(rows).items():
        exams = [person.row["exam_result"] for person in group]
        examined = [result for result in exams if result in ("0", "1", "3")]
        certain = [person for person in group if person.row["completed"] and person.certificate_known]
        subject = ("institution", kind, institution)
        if examined:
            expected["quality_pass_rate"][subject] = sum(result != "0" for result in examined) / len(examined)
        if certain:
            expected["quality_certificate_rate"][subject] = sum(p.certified for p in certain) / len(certain)
    expected["quality_index"] = {
        ("institution", institution, kind): float(value) for (institution, kind), (value, _) in indexes(rows).items()
    }
    assert expected.keys() == {*RATE_METRICS.values(), *KNOWN_METRICS.values(), *QUALITY_METRICS}
    for name, figures in expected.items():
        told = metric(con, name, "subject")
        of_institutions = {key: value for key, value in told.items() if key[0] == "institution"}
        assert figures == (of_institutions if name in QUALITY_METRICS else told), name
