"""The seeded world: every dataset's rows as they are meant, before anybody writes them down.

Here: the order in which datasets follow from each other. Not here: the totals, which are counted once defects are in
(`totals.py`). Ends at rows by dataset.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from demo import (
    certificates,
    events,
    institutions,
    payments,
    people,
    registers,
    returns,
    supporting_returns,
    tasks,
    training,
)
from demo.institutions import Employers, Institutions
from demo.people import People
from demo.rows import Array, Rows, concat, empty, is_blank
from demo.streams import apart, stream
from warehouse.vocabulary import contract
from warehouse.vocabulary.period import Period, between

TOTALS = "aggregate_summary"
"""Counted from the others once these have their defects."""
VETERANS = 30_000
ADAPTIVE_RESERVE = 900
POPULATION = 200_000
_BEGINS = 2025
"""The year in which the plan begins: what is reported by the year or half-year begins with its end."""


@dataclass(frozen=True)
class Returns:
    """The periods of the returns that are not monthly, and the years for which forecasts are made."""

    years: tuple[str, ...]
    halves: tuple[Period, ...]
    quarters: tuple[Period, ...]
    forecasts: tuple[str, ...]


def returns_until(last: Period) -> Returns:
    """What a world has that ends with this month: the plan's first year, and what else is over by then; a forecast for
    the next year, and for each that has begun since."""

    def is_told(period: Period) -> bool:
        return period.start.year == _BEGINS or period.end <= last.end

    last_year = max(_BEGINS, last.end.year)
    years = [Period(dt.date(year, 1, 1), 12) for year in range(_BEGINS, last_year + 1)]
    second_half = Period(dt.date(_BEGINS, 7, 1), 6)
    halves = between(second_half, Period(dt.date(last_year, 7, 1), 6))
    quarters = between(Period(dt.date(_BEGINS, 10, 1), 3), Period(dt.date(last_year, 10, 1), 3))
    forecasts = range(_BEGINS + 1, max(_BEGINS + 1, last_year) + 1)
    return Returns(
        tuple(str(year) for year in years if is_told(year)),
        tuple(half for half in halves if is_told(half)),
        tuple(quarter for quarter in quarters if is_told(quarter)),
        tuple(str(year) for year in forecasts),
    )


@dataclass(frozen=True)
class Cast:
    """Of whom all rows tell. `veterans`: from and to which place of the people they stand."""

    people: People
    institutions: Institutions
    firms: Employers
    veterans: tuple[int, int]


def cast(scale: float, seed: int) -> Cast:
    """The same for all months of a world."""
    generators = _generators(seed)
    return Cast(
        people.people(generators[0], max(4000, round(POPULATION * scale))),
        institutions.institutions(generators[1]),
        institutions.employers(generators[2]),
        (max(40, round(ADAPTIVE_RESERVE * scale)), max(400, round(VETERANS * scale))),
    )


def _generators(seed: int) -> list[np.random.Generator]:
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(12)]


def build(first: Period, last: Period, scale: float, seed: int) -> dict[str, Rows]:
    """Dataset → rows, all but the totals; the same arguments give the same rows. A dataset that the world does not know
    is empty: whoever owes it reports that there is nothing."""
    months = list(between(first, last))
    generators = _generators(seed)
    known = cast(scale, seed)
    pool, listed, firms, (reserve, veterans) = known.people, known.institutions, known.firms, known.veterans
    classes = training.classes(generators[3], months, listed, scale)
    participations = training.participations(generators[4], classes, pool, (reserve, veterans))
    records, place = training.record_rows(generators[5], classes, participations, pool, firms, months)
    issued, of_participation = certificates.certificate_rows(
        generators[6], classes, participations, pool, listed, months, scale
    )
    _link_certificates(records, place, issued, of_participation)
    told = returns_until(last)
    generator = generators[10]
    built = {
        "training_class": training.class_rows(classes, months),
        "training_record": records,
        "attendance": training.attendance_rows(generators[7], classes, participations, pool, months),
        "certificate": issued,
        "subsidy_payment": payments.subsidy_rows(generators[8], classes, participations, issued, firms, months),
        "support_service": events.service_rows(generators[9], pool, months, (reserve, veterans), scale),
        "competition": events.competition_rows(generator, listed, months),
        "talent_award": concat([events.award_rows(generator, pool, year) for year in told.years]),
        "institution_directory": institutions.directory(
            listed, generator, [(str(month), np.datetime64(month.end)) for month in months]
        ),
        "education_fund": concat([payments.education_fund_rows(generator, firms, year) for year in told.years]),
        "enterprise_coverage": returns.coverage_rows(generator, firms, list(told.halves)),
        "demand_forecast": concat([returns.forecast_rows(generator, year) for year in told.forecasts]),
        "wage_guidance": concat([returns.wage_rows(generator, year) for year in told.years]),
        "enforcement_case": returns.case_rows(generator, classes, listed, pool, months),
        "outcome_followup": returns.followup_rows(
            apart("outcome_followup", generator), classes, participations, pool, firms, months
        ),
        "task_allocation": tasks.task_rows(months),
    }
    halves, quarters = list(told.halves), list(told.quarters)
    built |= {
        "enterprise_register": registers.register_rows(firms, quarters),
        "subsidy_standard": supporting_returns.standard_rows(halves),
        "budget": supporting_returns.budget_rows(stream("budget", generator), quarters),
        "labour_cost": supporting_returns.labour_cost_rows(stream("labour_cost", generator), told.years),
        "course": supporting_returns.course_rows(stream("course", generator), halves),
        "publicity": supporting_returns.publicity_rows(stream("publicity", generator), quarters),
    }
    return built | {name: empty(name) for name in contract.names() if name not in (*built, TOTALS)}


def _link_certificates(records: Rows, place: Array, certificates: Rows, of_participation: Array) -> None:
    """Writes into the records the certificate numbers that were issued by the end of the month."""
    number = np.full(int(place.max(initial=-1)) + 1, None, dtype=object)
    issued = np.full(len(number), "NaT", dtype="datetime64[D]")
    linked = (of_participation >= 0) & (of_participation < len(number))
    number[of_participation[linked]] = certificates["cert_no"][linked]
    issued[of_participation[linked]] = certificates["issue_date"][linked]
    same_month = issued[place].astype("datetime64[M]") == records["completion_date"].astype("datetime64[M]")
    known = ~is_blank(records["completion_date"]) & same_month
    records.columns["cert_no"][known] = number[place[known]]
