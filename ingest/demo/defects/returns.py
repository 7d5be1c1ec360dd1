"""Defects of directories and of returns about enterprises, occupations, cases and outcomes."""

from __future__ import annotations

import numpy as np

from ingest.demo.defect import (
    IMPOSSIBLE,
    Defect,
    Place,
    all_of,
    also,
    always,
    cell,
    cleared,
    days_after,
    everywhere,
    fact,
    given,
    one_of,
    other,
    period_day,
    rule,
    sent,
    texts,
)
from ingest.demo.rows import Array, as_text


def _first_of_its_type(place: Place) -> Array:
    """One carrier per file and type: two without any number would contradict each other as well."""
    keys = np.array(
        [
            f"{unit}|{period}|{kind}"
            for unit, period, kind in zip(
                place.rows.unit.tolist(), place.rows.period.tolist(), place.rows["entity_type"].tolist(), strict=True
            )
        ]
    )
    mask = np.zeros(len(keys), dtype=bool)
    mask[np.unique(keys, return_index=True)[1]] = True
    return mask & place.equal("entity_type", "9", "10", "11", "12", "13")


def returns() -> list[Defect]:
    directory, forecast, fund = "institution_directory", "demand_forecast", "education_fund"
    coverage, case, wage, followup = "enterprise_coverage", "enforcement_case", "wage_guidance", "outcome_followup"
    return [
        rule("no_number_at_all", directory, "uscc", "IN001", "hold", _first_of_its_type, cleared("carrier_no")),
        rule(
            "leaves_before_it_joins",
            directory,
            "valid_to",
            "IN002",
            "hold",
            one_of("entity_type", "10", "12", "18", "9"),
            sent("valid_to", days_after("valid_from", -20)),
        ),
        rule(
            "legal_person_without_code",
            directory,
            "uscc",
            "IN003",
            "warn",
            one_of("entity_type", "5", "6"),
            also(
                cleared("uscc"),
                sent("carrier_no", lambda p, index: as_text(f"SZ-QT-2025-{number:05d}" for number in index.tolist())),
                sent("host_uscc", lambda p, index: p.rows["uscc"][index]),
            ),
        ),
        rule(
            "college_without_tier",
            directory,
            "college_tier",
            "IN004",
            "warn",
            one_of("college_tier", "3"),
            cleared("college_tier"),
        ),
        rule(
            "evaluator_without_filing_code",
            directory,
            "cert_org_code",
            "IN005",
            "warn",
            one_of("entity_type", "7", "8"),
            cleared("cert_org_code"),
        ),
        rule(
            "removed_without_date",
            directory,
            "valid_to",
            "IN006",
            "warn",
            all_of(one_of("entity_type", "18", "19", "10"), one_of("status", "1")),
            sent("status", always("3")),
        ),
        rule(
            "carrier_without_host", directory, "host_uscc", "IN007", "warn", given("carrier_no"), cleared("host_uscc")
        ),
        fact(directory, "contact_phone", "format", cell("contact_phone", "8888", "1380013")),
        fact(
            directory, "district", "listed", cell("district", "浦东新区"), one_of("entity_type", "10", "12", "18", "9")
        ),
        fact(
            directory,
            "valid_from",
            "type",
            cell("valid_from", *IMPOSSIBLE),
            one_of("entity_type", "10", "12", "18", "9"),
        ),
        fact(directory, "name", "required", cleared("name"), one_of("entity_type", "10", "12", "18", "9")),
        rule(
            "gap_wrong",
            forecast,
            "gap",
            "DF001",
            "warn",
            given("gap"),
            sent("gap", lambda p, index: p.rows["gap"][index] + 37),
        ),
        rule(
            "forecast_of_another_department", forecast, "dept", "DF002", "hold", everywhere, sent("dept", always("JUS"))
        ),
        rule(
            "forecast_of_another_year",
            forecast,
            "report_year",
            "DF003",
            "warn",
            everywhere,
            sent("report_year", always(2025.0), meant=True),
        ),
        fact(forecast, "demand", "type", cell("demand", "大量")),
        fact(forecast, "skill_level", "listed", cell("skill_level", "九级")),
        rule(
            "frontline_beyond_used",
            fund,
            "frontline_used",
            "EF001",
            "hold",
            everywhere,
            sent("frontline_used", lambda p, index: p.rows["used"][index] + 100_000),
        ),
        rule(
            "used_beyond_accrued",
            fund,
            "used",
            "EF002",
            "warn",
            everywhere,
            sent("used", lambda p, index: p.rows["accrued"][index] * 2, meant=True),
        ),
        rule(
            "frontline_beyond_employees",
            fund,
            "frontline_employees",
            "EF003",
            "warn",
            everywhere,
            sent("frontline_employees", lambda p, index: p.rows["employees"][index] + 9),
        ),
        rule("fund_of_another_year", fund, "year", "EF004", "hold", everywhere, sent("year", always(2024.0))),
        fact(fund, "uscc", "checksum", sent("uscc", texts("uscc", other))),
        fact(fund, "used", "type", cell("used", "待核")),
        fact(fund, "employees", "range", cell("employees", "-12"), everywhere),
        rule(
            "covered_beyond_employees",
            coverage,
            "covered",
            "EC001",
            "hold",
            everywhere,
            sent("covered", lambda p, index: p.rows["employees"][index] + 5),
        ),
        rule(
            "new_covered_beyond_new",
            coverage,
            "new_workers_covered",
            "EC002",
            "warn",
            everywhere,
            sent("new_workers_covered", lambda p, index: p.rows["new_workers"][index] + 5),
        ),
        rule(
            "counted_after_period",
            coverage,
            "report_date",
            "EC003",
            "hold",
            everywhere,
            sent("report_date", period_day("end", 31)),
        ),
        rule(
            "hazard_missing",
            coverage,
            "hazard_type",
            "EC004",
            "warn",
            one_of("coverage_kind", "1"),
            cleared("hazard_type"),
        ),
        rule(
            "counted_before_period",
            coverage,
            "report_date",
            "EC005",
            "warn",
            one_of("coverage_kind", "2", "3", "4"),
            sent("report_date", period_day("start", -1), meant=True),
        ),
        fact(coverage, "employees", "type", cell("employees", "若干")),
        fact(coverage, "uscc", "checksum", sent("uscc", texts("uscc", other))),
        fact(coverage, "employees", "required", cleared("employees")),
        rule(
            "closed_before_found",
            case,
            "closed_date",
            "CA001",
            "hold",
            everywhere,
            sent("closed_date", days_after("found_date", -4)),
        ),
        rule(
            "recovered_beyond_involved",
            case,
            "amount_recovered",
            "CA002",
            "warn",
            everywhere,
            sent("amount_recovered", lambda p, index: p.rows["amount_involved"][index] + 100_000),
        ),
        rule(
            "found_after_period",
            case,
            "found_date",
            "CA003",
            "hold",
            lambda p: ~p.given("closed_date"),
            sent("found_date", period_day("end", 2)),
        ),
        fact(case, "violation", "listed", cell("violation", "其他情形Z")),
        fact(case, "subject_id", "required", cleared("subject_id")),
        rule(
            "quantiles_descend",
            wage,
            "p25",
            "WG001",
            "hold",
            everywhere,
            sent("p25", lambda p, index: p.rows["p50"][index] + 100_000),
        ),
        rule(
            "neither_industry_nor_occupation",
            wage,
            "industry_code",
            "WG002",
            "hold",
            lambda p: np.arange(len(p.rows)) < 3,
            cleared("occupation_code"),
        ),  # one per level: no two contradict
        rule(
            "wages_of_another_year",
            wage,
            "report_year",
            "WG003",
            "warn",
            everywhere,
            sent("report_year", always(2024.0), meant=True),
        ),
        fact(wage, "p50", "type", cell("p50", "约八万")),
        fact(wage, "sample_size", "type", cell("sample_size", "若干")),
        rule(
            "check_month_unknown",
            followup,
            "check_month",
            "OF001",
            "hold",
            everywhere,
            sent("check_month", always(5.0)),
        ),
        rule(
            "checked_after_period",
            followup,
            "check_date",
            "OF002",
            "hold",
            everywhere,
            sent("check_date", period_day("end", 8)),
        ),
        rule(
            "operating_without_starting",
            followup,
            "is_still_operating",
            "OF003",
            "warn",
            one_of("has_started_business", 0.0),
            sent("is_still_operating", always(1.0)),
        ),
        fact(followup, "is_employed", "required", cleared("is_employed")),
        fact(followup, "check_date", "type", cell("check_date", *IMPOSSIBLE)),
        rule(
            "id_checksum",
            followup,
            "id_no",
            "PN003",
            "hold",
            one_of("id_type", "01"),
            sent("id_no", texts("id_no", lambda text: other(text, "0123456789X"))),
        ),
    ]
