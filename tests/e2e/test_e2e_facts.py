"""What the facts of the demo say of themselves, recounted row by row in Python: open warnings, persons, programmes,
journeys. Shares nothing with the models but their rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.e2e.harness import Skills
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import metrics

Row = dict[str, Any]
CHECKS = (3, 6, 12)
UNBOUNDED = {
    ("rpt_target_progress", "progress_share"),
    ("rpt_demand_supply", "training_need_share"),
    ("fct_labour_cost", "cost_to_revenue_share"),
    ("fct_labour_cost", "profit_to_cost_share"),
}
"""Of a goal or of another amount, which it may exceed."""
PERSONS = {
    "fct_participation": ("int_participation", "person_key", "event_date", "is_counted"),
    "fct_certificate": ("int_certificate", "person_key", "issue_date", "is_counted"),
    "fct_support_service": ("int_support_service", "person_key", "service_date", "is_counted"),
    "fct_award": ("int_award", "person_key", "make_date(award_year, 1, 1)", "is_counted"),
    "fct_subsidy_payment": ("int_subsidy_payment", "beneficiary_key", "payment_date", "is_counted"),
    "fct_outcome_followup": ("int_outcome_followup", "person_key", "check_date", "true"),
    "fct_attendance": ("int_attendance", "person_key", "session_date", "is_valid"),
}


@pytest.fixture(scope="module")
def built(skills: Skills) -> Iterator[duckdb.DuckDBPyConnection]:
    """What was built, with the keys of all persons."""
    with duckdb.connect(str(skills.root.database), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


def rows(built: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = built.execute(sql)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def open_warnings(skills: Skills) -> set[str]:
    """Rows that were sent with a warning which nobody has explained."""
    return {
        f"{finding['submission_id']}#{finding['row_index']}"
        for finding in pq.read_table(skills.root.register / "finding.parquet").to_pylist()
        if finding["severity"] == "warning" and finding["explained_at"] is None and finding["row_index"] is not None
    }


def test_every_fact_of_sent_rows_says_which_values_somebody_still_has_to_look_at(
    skills: Skills, built: duckdb.DuckDBPyConnection
) -> None:
    open_rows = open_warnings(skills)
    facts = {
        name: mart
        for name, mart in marts().items()
        if name.startswith("fct_") and "row_number" in mart.columns and mart.primary_key[0].endswith("_key")
    }
    sent = facts.keys() - {"fct_finding"}
    assert len(sent) >= 15
    warned = 0
    for name in sent:
        key = facts[name].primary_key[0]
        told = built.execute(f"select {key}, has_open_warning from {name}").fetchall()
        assert {row for row, is_open in told if is_open} == {row for row, _ in told} & open_rows, name
        warned += sum(is_open for _, is_open in told)
    assert warned > 100


def test_what_a_figure_is_made_of_says_it_too(skills: Skills, built: duckdb.DuckDBPyConnection) -> None:
    told = built.execute("""
        select distinct submission_id || '#' || row_index, has_open_warning from fct_target_contribution
    """).fetchall()
    warned = {row for row, is_open in told if is_open}
    assert warned == {row for row, _ in told} & open_warnings(skills)
    assert len({row for row, is_open in told if not is_open} - warned) > len(warned) > 0


SUMS = {
    "attended_hours": ("fct_participation where is_counted", "participation_key", "attended_hours", 1),
    "subsidy_paid": ("fct_subsidy_payment where is_counted and status_code = '3'", "payment_key", "amount_fen", 100),
    "competition_budget": ("fct_competition where is_counted", "competition_key", "budget_fen", 100),
}
"""Metric → the rows that it takes, their key, what it sums, divisor."""


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_of_values_is_told_with_and_without_those_open_to_doubt(
    name: str, skills: Skills, built: duckdb.DuckDBPyConnection
) -> None:
    sent, key, column, divisor = SUMS[name]
    open_rows = open_warnings(skills)
    taken = [row for row in rows(built, f"from {sent}") if row[column] is not None]
    whole = sum(row[column] for row in taken)
    doubted = sum(row[column] for row in taken if row[key] in open_rows)
    for metric, expected in ((name, whole), (f"{name}_unwarned", whole - doubted)):
        told = built.execute(metrics().sql(metrics().of(metric))).fetchall()
        assert float(told[0][0] or 0) == pytest.approx(float(expected) / divisor)
    assert 0 < doubted <= whole


@pytest.mark.parametrize("fact", PERSONS)
def test_persons_add_up_though_some_have_no_key(fact: str, built: duckdb.DuckDBPyConnection) -> None:
    table, key, day, condition = PERSONS[fact]
    every = rows(built, f"select {key} as person, year({day}) as year from intermediate.{table} where {condition}")
    told = rows(built, f"select year(event_date) as year, persons, persons_of_year from {fact}")
    assert sum(row["persons"] for row in told) == len({row["person"] for row in every} - {None})
    by_year: dict[int | None, int] = defaultdict(int)
    for row in told:
        by_year[row["year"]] += row["persons_of_year"]
    persons_by_year: dict[int | None, set[str]] = defaultdict(set)
    for row in every:
        if row["person"] is not None:
            persons_by_year[row["year"]].add(row["person"])
    counted = {year: len(persons) for year, persons in persons_by_year.items()}
    assert {year: count for year, count in by_year.items() if count} == counted


def test_what_is_not_completed_has_no_event_date(built: duckdb.DuckDBPyConnection) -> None:
    dates = built.execute("""
        select count(*) filter (not is_completed), count(event_date) filter (not is_completed),
            count(*) filter (is_counted and event_date is null)
        from fct_participation
    """).fetchall()
    unfinished, dated, undated = dates[0]
    assert unfinished > 0
    assert (dated, undated) == (0, 0)


def test_a_class_is_in_every_programme_that_it_names(built: duckdb.DuckDBPyConnection) -> None:
    classes = rows(built, "select class_key, program_codes from dim_class where program_codes is not null")
    named = {(row["class_key"], code) for row in classes for code in row["program_codes"].split(";")}
    assert set(built.execute("select class_key, program_code from bridge_class_program").fetchall()) == named
    assert len(named) > 50


def test_a_class_says_for_whom_it_trains_where_it_was_sent(skills: Skills, built: duckdb.DuckDBPyConnection) -> None:
    sent = duckdb.execute(
        f"select class_id, class_mode from '{skills.root.truth}/rows_training_class.parquet'"
    ).fetchall()
    modes = dict(sent)
    told = built.execute("select class_key, class_mode_code from dim_class").fetchall()
    assert told == [(key, modes[key]) for key, _ in told]
    assert {mode for _, mode in told} == {None, "01", "02", "03"}


def test_who_trained_by_voucher_is_told_without_its_number(skills: Skills, built: duckdb.DuckDBPyConnection) -> None:
    sent = duckdb.execute(
        f"select distinct class_id from '{skills.root.truth}/rows_training_record.parquet' where voucher_no is not null"
    ).fetchall()
    told = built.execute("select distinct class_key, is_voucher_used from fct_participation").fetchall()
    by_voucher = {key for key, is_used in told if is_used and key is not None}
    assert len(by_voucher) > 20
    assert by_voucher <= {key for (key,) in sent}
    assert {False, True} <= {is_used for _, is_used in told}


def test_what_names_a_class_or_certificate_in_vain_is_marked(built: duckdb.DuckDBPyConnection) -> None:
    classes = {row["class_id"] for row in rows(built, "select class_id from staging.stg_training_class")}
    certificates = {row["key"] for row in rows(built, "select certificate_key as key from staging.stg_certificate")}
    for fact, table, key in (
        ("fct_certificate", "int_certificate", "certificate_row_key"),
        ("fct_subsidy_payment", "int_subsidy_payment", "payment_key"),
        ("fct_outcome_followup", "int_outcome_followup", "followup_key"),
    ):
        told = rows(built, f"select {key} as key from {fact} where is_class_missing")
        sent = rows(built, f"select {key} as key, class_id from intermediate.{table} where class_id is not null")
        assert {row["key"] for row in told} == {row["key"] for row in sent if row["class_id"] not in classes}, fact
    told = rows(built, "select payment_key as key from fct_subsidy_payment where is_certificate_missing")
    sent = rows(
        built,
        "select payment_key as key, certificate_key as named from intermediate.int_subsidy_payment "
        "where certificate_key is not null",
    )
    assert {row["key"] for row in told} == {row["key"] for row in sent if row["named"] not in certificates}


@dataclass
class Journey:
    """What came of a person in an occupation."""

    trainings: list[Row] = field(default_factory=list)
    certificates: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    checks: list[Row] = field(default_factory=list)

    def told(self) -> Row:
        first = min(self.trainings, key=lambda row: (row["event_date"], row["participation_key"]))
        start: dt.date = min(row["start_date"] for row in self.trainings)
        certificates = [row["issue_date"] for row in self.certificates if row["issue_date"] >= start]
        payments = [row for row in self.payments if row["pay_date"] >= start]
        certified = min(certificates, default=None)
        paid = min((row["pay_date"] for row in payments), default=None)
        return {
            "journey_key": first["participation_key"],
            "event_date": first["event_date"],
            "start_date": start,
            "trainings": len(self.trainings),
            "certificate_date": certified,
            "certificates": len(certificates),
            "subsidy_date": paid,
            "subsidy_fen": sum(row["amount_fen"] for row in payments),
            "followups": len(self.checks),
            "days_to_certificate": (certified - first["event_date"]).days if certified else None,
            "days_to_subsidy": (paid - first["event_date"]).days if paid else None,
            "is_certified": bool(certificates),
            "is_subsidised": bool(payments),
            "is_followed_up": bool(self.checks),
        } | {f"is_employed_month_{month}": self.employed(month) for month in CHECKS}

    def employed(self, month: int) -> bool | None:
        known = [row["is_employed"] for row in self.checks if row["check_month"] == month]
        told = [answer for answer in known if answer is not None]
        return any(told) if told else None


def test_journeys_are_what_the_published_facts_say_of_a_person(built: duckdb.DuckDBPyConnection) -> None:
    journeys: dict[tuple[str, str], Journey] = defaultdict(Journey)
    occupations = {row["class_key"]: row["occupation_code"] for row in rows(built, "from dim_class")}
    by_class: dict[tuple[str, str], list[Journey]] = defaultdict(list)
    for row in rows(built, "from fct_participation where is_counted and person_key is not null"):
        if row["occupation_code"] is not None:
            journey = journeys[row["person_key"], row["occupation_code"]]
            journey.trainings.append(row)
            by_class[row["person_key"], row["class_key"]].append(journey)
    for row in rows(built, "from fct_certificate where is_counted and person_key is not null"):
        if (row["person_key"], row["occupation_code"]) in journeys:
            journeys[row["person_key"], row["occupation_code"]].certificates.append(row)
    paid = "from fct_subsidy_payment where is_counted and status_code = '3'"
    for row in rows(built, f"{paid} and person_key is not null"):
        key = (row["person_key"], str(row["occupation_code"] or occupations.get(row["class_key"])))
        if key in journeys:
            journeys[key].payments.append(row)
    for row in rows(built, "from fct_outcome_followup where person_key is not null"):
        for journey in by_class[row["person_key"], row["class_key"]]:
            journey.checks.append(row)
    told = {(row["person_key"], row["occupation_code"]): row for row in rows(built, "from fct_training_journey")}
    assert told.keys() == journeys.keys()
    for key, journey in journeys.items():
        expected = journey.told()
        assert {name: told[key][name] for name in expected} == expected
    assert sum(row["is_certified"] for row in told.values()) > 100


def test_shares_lie_between_nothing_and_all(built: duckdb.DuckDBPyConnection) -> None:
    shares = [
        (name, column)
        for name, mart in marts().items()
        for column in mart.columns
        if column.endswith(("_share", "_rate")) and (name, column) not in UNBOUNDED
    ]
    assert len(shares) > 8
    for name, column in shares:
        beyond = built.execute(f"select count(*) from {name} where not {column} between 0 and 1").fetchall()
        assert beyond == [(0,)], (name, column)
