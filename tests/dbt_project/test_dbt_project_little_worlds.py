"""Hundreds of generated little worlds in one data root: double reports, overlapping dates, periods sent again. What
counts equals a plain recount, and does not change with the order in which the submissions came."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest

from tests.dbt_project.dbt_world import FIRST, SECOND, World, build, certificate, record, training_class
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

WORLDS = 400
UNITS = ("CAB", "HEA", "HRSS", "HRSS.440305", "TRA")
PERIODS = ("2026-01", "2026-02", "2026-03")
ORDER = {code: place for place, code in enumerate(reference.codes("department"))}
HEADLINE = {f"{number:02d}" for number in range(1, 8)}
Row = dict[str, Any]


@dataclass
class Sent:
    """Every version of every key, oldest first: (dataset, unit, period) → (outcome, rows)."""

    versions: dict[tuple[str, str, str], list[tuple[str, list[Row]]]] = field(default_factory=dict)

    def current(self, dataset: str) -> Iterator[tuple[str, str, Row]]:
        """Unit, period and row of what counts, oldest period first."""
        for (name, unit, period), versions in sorted(self.versions.items()):
            usable = [rows for outcome, rows in versions if outcome != "rejected"]
            if name == dataset and usable:
                yield from ((unit, period, row) for row in usable[-1])


def department(unit: str) -> str:
    return unit.partition(".")[0]


def little_world(dice: random.Random, name: str) -> dict[str, list[Row]]:
    """A few classes, persons and certificate numbers that several units may report, as rows by dataset."""
    classes = []
    for number in range(dice.randint(1, 4)):
        start = dt.date(2026, 1, 1) + dt.timedelta(days=dice.randint(0, 40))
        classes.append(
            training_class(
                f"{name}-{number}",
                start,
                end_date=start + dt.timedelta(days=dice.choice([0, 1, 6, 20])),
                occupation_code=dice.choice(["4-10-01-05", "4-10-01-05", "6-29-01-04", None]),
                skill_level=dice.choice(["5", "5", "4"]),
                competent_dept=dice.choice(["CAB", "HEA", "HRSS"]),
                funding_source=dice.choice(["01", "02", "08"]),
                org_uscc=dice.choice([FIRST, FIRST, FIRST, SECOND]),
            )
        )
    persons = [f"{name}-{number}" for number in range(dice.randint(1, 2))]
    records = [
        record(
            dice.choice([*(row["class_id"] for row in classes), f"{name}-unknown"]),
            person,
            completed=dice.random() < 0.85,
        )
        for person in persons
        for _ in range(dice.randint(1, 5))
    ]
    certificates = [
        certificate(
            f"{name}-{dice.randint(0, 2)}",
            dice.choice(persons),
            cert_type=dice.choice(["01", "02"]),
            status=dice.choice("1111123"),
            class_id=dice.choice([row["class_id"] for row in classes]),
            issue_date=dt.date(2026, 1, dice.randint(10, 20)),
        )
        for _ in range(dice.randint(0, 4))
    ]
    return {"training_class": classes, "training_record": records, "certificate": certificates}


def sent(seed: int) -> Sent:
    """Every row goes to one or two units and periods; a third of the keys are sent two or three times."""
    dice = random.Random(seed)
    everything = Sent()
    worlds = [little_world(dice, f"w{number}") for number in range(WORLDS)]
    for dataset, unit, period in itertools.product(worlds[0], UNITS, PERIODS):
        for _ in range(dice.choice([1, 1, 1, 1, 2, 3])):
            keep = 0.5 if dataset == "training_class" else 0.2
            rows = [row for world in worlds for row in _once(dataset, world[dataset]) if dice.random() < keep]
            outcome = dice.choice(["accepted", "accepted", "rejected"])
            everything.versions.setdefault((dataset, unit, period), []).append((outcome, rows))
    return everything


def _once(dataset: str, rows: Iterable[Row]) -> list[Row]:
    """One row per natural key: a second one in one file would be held."""
    return list({natural_key(dataset, row): row for row in rows}.values())


def natural_key(dataset: str, row: Row) -> tuple[Any, ...]:
    names = {
        "training_class": ("class_id",),
        "training_record": ("class_id", "person_key"),
        "certificate": ("cert_type", "certificate_key"),
    }[dataset]
    return tuple(row[name] for name in names)


def deliver(root: Root, everything: Sent, dice: random.Random) -> None:
    """Lays the world down with its submissions in a random order; those of one key keep theirs."""
    world = World(root)
    world.submit(
        "institution_directory",
        "EDU",
        "2025-12",
        [
            {
                "uscc": FIRST,
                "name": "甲",
                "entity_type": "1",
                "valid_from": dt.date(2025, 1, 1),
                "district": "440305",
                "status": "1",
            }
        ],
    )
    tokens = [key for key, versions in everything.versions.items() for _ in versions]
    dice.shuffle(tokens)
    waiting = {key: iter(versions) for key, versions in everything.versions.items()}
    for key in tokens:
        outcome, rows = next(waiting[key])
        world.submit(
            *key, [] if outcome == "rejected" else rows, held=len(rows) * (outcome == "rejected"), outcome=outcome
        )
    world.write()


def newest(everything: Sent, dataset: str) -> list[tuple[str, str, Row]]:
    """Of what counts, one row per unit and natural key: the newest period's."""
    rows = {(unit, natural_key(dataset, row)): (unit, period, row) for unit, period, row in everything.current(dataset)}
    return list(rows.values())


def known_classes(everything: Sent) -> dict[str, Row]:
    reports: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for unit, _, row in newest(everything, "training_class"):
        reports[row["class_id"]].append((unit, row))
    return {
        name: min(
            class_reports,
            key=lambda report: (
                department(report[0]) != report[1]["competent_dept"],
                ORDER[department(report[0])],
                report[0],
            ),
        )[1]
        for name, class_reports in reports.items()
    }


Told = dict[tuple[str, ...], tuple[bool, str | None, str | None]]
"""Unit and natural key → counted, credited department, reason for not counting."""


def recount_participations(everything: Sent) -> Told:
    classes = known_classes(everything)
    told: Told = {}
    groups: dict[tuple[str, ...], list[tuple[str, Row, Row]]] = defaultdict(list)
    for unit, _, row in newest(everything, "training_record"):
        class_row = classes.get(row["class_id"])
        if class_row is None or class_row["org_uscc"] != FIRST or not row["completed"]:
            reason = (
                "unknown_class"
                if class_row is None
                else ("unknown_institution" if class_row["org_uscc"] != FIRST else "not_completed")
            )
            told[unit, row["class_id"], row["person_key"]] = (False, None, reason)
        else:
            same = (
                (class_row["occupation_code"], class_row["skill_level"])
                if class_row["occupation_code"]
                else (class_row["class_id"],)
            )
            groups[row["person_key"], *same].append((unit, row, class_row))
    for reports in groups.values():
        for component in components(reports):
            best = min(
                component,
                key=lambda report: (
                    department(report[0]) != report[2]["competent_dept"],
                    ORDER[department(report[0])],
                    report[0],
                    report[2]["end_date"],
                    report[2]["class_id"],
                ),
            )
            for report in component:
                told[report[0], report[1]["class_id"], report[1]["person_key"]] = (
                    report is best,
                    department(best[0]),
                    None if report is best else "duplicate",
                )
    return told


def components(reports: Sequence[tuple[str, Row, Row]]) -> list[list[tuple[str, Row, Row]]]:
    """Reports whose classes overlap, directly or through others, by merging until nothing touches."""
    groups: list[list[tuple[str, Row, Row]]] = []
    for report in reports:
        touching = [group for group in groups if any(overlap(report[2], other[2]) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([report, *itertools.chain.from_iterable(touching)])
    return groups


def overlap(first: Row, second: Row) -> bool:
    return bool(first["start_date"] <= second["end_date"] and second["start_date"] <= first["end_date"])


def recount_certificates(everything: Sent) -> Told:
    classes = known_classes(everything)
    reports = newest(everything, "certificate")
    cancelled = {row["certificate_key"] for _, _, row in reports if row["status"] == "2"}
    told: Told = {}
    groups: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for unit, _, row in reports:
        reason = "cancelled" if row["certificate_key"] in cancelled else "reissued" if row["status"] == "3" else None
        if reason:
            told[unit, row["cert_type"], row["certificate_key"]] = (False, None, reason)
        else:
            groups[row["certificate_key"]].append((unit, row))
    for certificate_reports in groups.values():
        best = min(
            certificate_reports,
            key=lambda report: (
                classes.get(report[1]["class_id"], {}).get("competent_dept") != department(report[0]),
                ORDER[department(report[0])],
                report[0],
                report[1]["issue_date"],
                report[1]["cert_type"],
            ),
        )
        for report in certificate_reports:
            told[report[0], report[1]["cert_type"], report[1]["certificate_key"]] = (
                report is best,
                department(best[0]),
                None if report is best else "duplicate",
            )
    return told


PARTICIPATIONS = """
select unit_code, class_id, person_key, is_counted, counted_department_code, not_counted_reason
from intermediate.int_participation
"""
CERTIFICATES = """
select unit_code, certificate_type_code, certificate_key, is_counted, counted_department_code, not_counted_reason
from intermediate.int_certificate
"""


def told_by(con: duckdb.DuckDBPyConnection, sql: str) -> Told:
    return {tuple(row[:3]): tuple(row[3:]) for row in con.execute(sql).fetchall()}


@pytest.fixture(scope="module", params=[1, 2])
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sent, duckdb.DuckDBPyConnection]]:
    """The same submissions, delivered in one order and in another."""
    everything = sent(7)
    root = Root(tmp_path_factory.mktemp("little_worlds"))
    deliver(root, everything, random.Random(request.param))
    build(root, tmp_path_factory.mktemp("little_target"), "--exclude-resource-type", "unit_test")
    with duckdb.connect(str(root.database), read_only=True) as con:
        yield everything, con


def test_participations_equal_a_plain_recount(built: tuple[Sent, duckdb.DuckDBPyConnection]) -> None:
    everything, con = built
    expected = recount_participations(everything)
    assert told_by(con, PARTICIPATIONS) == expected
    assert {reason for _, _, reason in expected.values()} == {
        None,
        "unknown_class",
        "unknown_institution",
        "not_completed",
        "duplicate",
    }


def test_certificates_equal_a_plain_recount(built: tuple[Sent, duckdb.DuckDBPyConnection]) -> None:
    everything, con = built
    expected = recount_certificates(everything)
    assert told_by(con, CERTIFICATES) == expected
    assert {reason for _, _, reason in expected.values()} == {None, "cancelled", "reissued", "duplicate"}


def test_the_headline_is_the_sum_of_what_departments_are_credited_with(
    built: tuple[Sent, duckdb.DuckDBPyConnection],
) -> None:
    everything, con = built
    classes = known_classes(everything)
    credited = [
        told
        for key, told in recount_participations(everything).items()
        if told[0] and classes[key[1]]["funding_source"] in HEADLINE
    ]
    actual = con.execute("select actual from marts.rpt_target_progress where target_id = 'T01' and reading = 'main'")
    assert actual.fetchall() == [(len(credited),)]
    by_department = dict(
        con.execute("""
        select counted_department_code, count(*) from marts.fct_participation where counts_to_headline group by all
    """).fetchall()
    )
    assert by_department == {code: sum(told[1] == code for told in credited) for code in by_department}
    assert sum(by_department.values()) == len(credited)
