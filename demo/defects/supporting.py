"""Defects of registers of enterprises, standards, budgets, labour costs, courses and publicity. Ends at a list."""

from __future__ import annotations

import numpy as np

from demo.defect import (
    Defect,
    Place,
    all_of,
    also,
    always,
    cell,
    days_after,
    everywhere,
    fact,
    filled,
    one_of,
    other,
    period_day,
    rule,
    sent,
    texts,
)
from demo.rows import Array
from demo.supporting_returns import UNPAID

_NOT_HAZARDOUS = ("2", "3", "4", "6")


def supporting() -> list[Defect]:
    return [*_registers(), *_standards(), *_budgets(), *_labour_costs(), *_courses(), *_publicity()]


def _registers() -> list[Defect]:
    name = "enterprise_register"
    return [
        rule("registered_in_future", name, "as_of", "ER001", "hold", everywhere, sent("as_of", period_day("end", 31))),
        rule(
            "registered_midway",
            name,
            "as_of",
            "ER002",
            "warn",
            one_of("register_kind", *_NOT_HAZARDOUS),
            sent("as_of", period_day("end", -20), meant=True),
        ),
        rule(
            "registered_without_hazard",
            name,
            "hazard_type",
            "ER004",
            "warn",
            one_of("register_kind", "1"),
            sent("hazard_type", always(None), meant=True),
        ),
        rule(
            "hazard_of_another_register",
            name,
            "hazard_type",
            "ER005",
            "warn",
            one_of("register_kind", *_NOT_HAZARDOUS),
            sent("hazard_type", always("5"), meant=True),
        ),
        rule(
            "registered_without_employees",
            name,
            "employees",
            "ER006",
            "warn",
            everywhere,
            sent("employees", always(0.0), meant=True),
        ),
        fact(name, "uscc", "checksum", sent("uscc", texts("uscc", other))),
        fact(name, "district", "listed", cell("district", "浦东新区")),
        fact(name, "employees", "type", cell("employees", "若干")),
    ]


def _standards() -> list[Defect]:
    """Only of a subsidy that nobody is paid: what is paid is held against the others."""
    name = "subsidy_standard"
    of_old = all_of(one_of("subsidy_type", UNPAID), filled("to_date"), one_of("skill_level", "1", "2", "3"))
    of_new = all_of(
        one_of("subsidy_type", UNPAID), lambda place: ~place.filled("to_date"), one_of("skill_level", "4", "5")
    )

    def overlap(place: Place, index: Array) -> Array:
        """The new standard begins while the old one of its level holds: both bear it."""
        before = all_of(one_of("subsidy_type", UNPAID), filled("to_date"))(place)
        both = index.tolist()
        for new in index.tolist():
            place.rows.sent_column("from_date")[new] = np.datetime64("2025-06-01")
            place.rows.columns["from_date"][new] = np.datetime64("2025-06-01")
            same = before & (place.file_of == place.file_of[new])
            both += np.flatnonzero(same & (place.rows["skill_level"] == place.rows["skill_level"][new])).tolist()
        return np.array(sorted(both), dtype=int)

    return [
        rule(
            "standard_ends_before_it_begins",
            name,
            "to_date",
            "SD001",
            "hold",
            of_old,
            sent("to_date", days_after("from_date", -1)),
        ),
        rule("two_standards_at_a_time", name, "from_date", "SD003", "warn", of_new, overlap),
    ]


def _budgets() -> list[Defect]:
    name = "budget"
    return [
        rule(
            "budget_of_another_year",
            name,
            "year",
            "BG001",
            "hold",
            everywhere,
            sent("year", lambda place, index: place.rows["year"][index] - 1),
        ),
        rule(
            "spent_beyond_budget",
            name,
            "spent_amount",
            "BG002",
            "warn",
            everywhere,
            sent("spent_amount", lambda place, index: place.rows["budget_amount"][index] + 100_000, meant=True),
        ),
        rule(
            "budget_of_nothing",
            name,
            "budget_amount",
            "BG003",
            "warn",
            everywhere,
            also(
                sent("budget_amount", always(0.0), meant=True),
                sent("spent_amount", always(0.0), meant=True),
            ),
        ),
    ]


def _labour_costs() -> list[Defect]:
    name = "labour_cost"
    return [
        rule(
            "labour_cost_of_another_year",
            name,
            "report_year",
            "LC001",
            "warn",
            everywhere,
            sent("report_year", always(2024.0), meant=True),
        ),
        rule(
            "labour_cost_in_another_unit",
            name,
            "cost_per_capita",
            "LC002",
            "warn",
            everywhere,
            sent("cost_per_capita", lambda place, index: place.rows["cost_per_capita"][index] / 100, meant=True),
        ),
        rule(
            "sample_of_enterprises_only",
            name,
            "sample_enterprises",
            "LC003",
            "warn",
            everywhere,
            sent("sample_enterprises", lambda place, index: place.rows["sample_size"][index] + 5, meant=True),
        ),
        fact(name, "cost_per_capita", "type", cell("cost_per_capita", "约十五万")),
    ]


def _courses() -> list[Defect]:
    name = "course"
    return [
        rule(
            "published_in_future",
            name,
            "published_date",
            "CO001",
            "hold",
            everywhere,
            sent("published_date", period_day("end", 12)),
        ),
        rule(
            "course_without_hours",
            name,
            "course_hours",
            "CO002",
            "warn",
            one_of("course_kind", "1", "2", "3"),
            sent("course_hours", always(0.0), meant=True),
        ),
        rule(
            "project_without_document",
            name,
            "document",
            "CO003",
            "warn",
            one_of("course_kind", "6"),
            sent("document", always(None), meant=True),
        ),
    ]


def _publicity() -> list[Defect]:
    name = "publicity"
    return [
        rule(
            "begins_in_future",
            name,
            "start_date",
            "PB001",
            "hold",
            everywhere,
            sent("start_date", period_day("end", 9)),
        ),
        rule(
            "week_ends_before_it_begins",
            name,
            "end_date",
            "PB002",
            "hold",
            one_of("publicity_kind", "5"),
            sent("end_date", days_after("start_date", -2)),
        ),
        rule(
            "published_in_no_pieces",
            name,
            "piece_count",
            "PB003",
            "warn",
            one_of("publicity_kind", "1", "2", "3"),
            sent("piece_count", always(0.0), meant=True),
        ),
    ]
