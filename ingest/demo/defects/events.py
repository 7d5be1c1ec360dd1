"""Defects of competitions, awards and services."""

from __future__ import annotations

import numpy as np

from ingest.demo.defect import (
    IMPOSSIBLE,
    Defect,
    all_of,
    also,
    always,
    cell,
    cleared,
    days_after,
    everywhere,
    fact,
    given,
    not_first_award,
    one_of,
    period_day,
    rule,
    sent,
)


def events() -> list[Defect]:
    competition, award, service = "competition", "talent_award", "support_service"
    held = one_of("status", "2")
    not_first = not_first_award
    return [
        rule(
            "ends_before_start",
            competition,
            "end_date",
            "CP001",
            "hold",
            lambda p: p.rows["start_date"] > p.start + 4,
            sent("end_date", days_after("start_date", -2)),
        ),
        rule(
            "held_after_period", competition, "end_date", "CP002", "hold", held, sent("end_date", period_day("end", 6))
        ),
        rule("held_without_participants", competition, "participants", "CP003", "warn", held, cleared("participants")),
        rule(
            "drill_below_participants",
            competition,
            "drill_coverage",
            "CP004",
            "warn",
            all_of(held, given("participants")),
            sent("drill_coverage", always(3.0)),
        ),
        fact(competition, "comp_level", "listed", cell("comp_level", "友谊赛")),
        fact(competition, "participants", "type", cell("participants", "若干"), held),
        fact(competition, "host_unit", "required", cleared("host_unit")),
        rule(
            "award_date_against_year",
            award,
            "award_date",
            "TA001",
            "warn",
            everywhere,
            sent("award_date", always(np.datetime64("2024-12-15"))),
        ),
        rule(
            "award_of_the_future",
            award,
            "award_year",
            "TA002",
            "hold",
            not_first,
            also(sent("award_year", always(2026.0)), sent("award_date", always(np.datetime64("2026-01-08")))),
        ),
        rule("announced_without_date", award, "award_date", "TA003", "warn", everywhere, cleared("award_date")),
        fact(award, "award_name", "listed", cell("award_name", "劳动模范"), not_first),
        fact(award, "bonus", "type", cell("bonus", "面议"), given("bonus")),
        rule(
            "served_after_period",
            service,
            "service_date",
            "SS001",
            "hold",
            everywhere,
            sent("service_date", period_day("end", 3)),
        ),
        rule(
            "no_veteran",
            service,
            "person_category",
            "SS003",
            "warn",
            one_of("service_type", "1"),
            sent("person_category", always("07"), meant=True),
        ),
        rule(
            "degree_without_school", service, "school", "SS004", "warn", one_of("service_type", "3"), cleared("school")
        ),
        fact(service, "service_type", "listed", cell("service_type", "综合服务")),
        fact(service, "service_date", "type", cell("service_date", *IMPOSSIBLE)),
        fact(service, "person_category", "required", cleared("person_category")),
    ]
