"""A publication for the dashboard, its tables made from the marts' contracts. Test support only."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from orchestration.pipeline.dbt import DBT_PROJECT
from warehouse.published.publication import DATABASE, Publication
from warehouse.vocabulary import reference
from warehouse.vocabulary.mart import MODELS

AS_OF = dt.date(2026, 11, 20)
MANIFEST = {"publication_id": "2026-11-20-0123456789ab", "as_of_date": AS_OF.isoformat()}
LONG = "深圳市某某高级技术培训与技能等级认定服务中心有限责任公司"
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def _mart(name: str) -> dict[str, str]:
    """Column → type, as the contract of a mart has it."""
    model = yaml.safe_load(next(MODELS.rglob(f"{name}.yml")).read_text("utf-8"))["models"][0]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def exposed() -> list[str]:
    """The marts that the exposure `dashboard` names."""
    exposures = yaml.safe_load((DBT_PROJECT / "models" / "exposures.yml").read_text("utf-8"))["exposures"]
    marts = next(exposure for exposure in exposures if exposure["name"] == "dashboard")["depends_on"]
    return [mart.removeprefix("ref('").removesuffix("')") for mart in marts]


def publication(folder: Path, rows: Rows, order: random.Random | None = None) -> Publication:
    """A publication with these rows of its marts; columns not named are null. `order` mixes the rows."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / DATABASE)) as con:
        for name in exposed():
            columns = _mart(name)
            con.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
            mart_rows = list(rows.get(name, ()))
            if order:
                order.shuffle(mart_rows)
            unknown = {column for row in mart_rows for column in row} - columns.keys()
            assert not unknown, (name, unknown)
            if mart_rows:
                whole = [dict.fromkeys(columns) | row for row in mart_rows]
                con.register("mart_rows", pa.Table.from_pylist(whole))
                con.execute(f"insert into {name} by name from mart_rows")
    return Publication(folder, MANIFEST)


def participations(count: int, **columns: Any) -> list[dict[str, Any]]:
    """So many rows of `fct_participation` that count."""
    row = {
        "event_date": dt.date(2026, 3, 5),
        "counted_department_code": "HRSS",
        "venue_district_key": "440305",
        "special_action_code": "02",
        "counts_to_headline": True,
        "is_counted": True,
    }
    return [row | columns for _ in range(count)]


def certificates(count: int, **columns: Any) -> list[dict[str, Any]]:
    row = {
        "issue_date": dt.date(2026, 4, 5),
        "counted_department_code": "HRSS",
        "district_key": "SZ",
        "certificate_type_code": "02",
        "skill_level_code": "3",
        "is_counted": True,
    }
    return [row | columns for _ in range(count)]


def targets() -> list[dict[str, Any]]:
    """Every target in 2026 and 2027, in the year that runs with all that a row can say."""
    rows: list[dict[str, Any]] = []
    for number, target in enumerate(reference.table("targets")):
        unit = target["unit"]
        row = {
            "target_id": target["id"],
            "reading": "main",
            "threshold": 1000 if unit != "%" else 100,
            "unit": unit,
            "comparator": target["comparator"],
            "figure_state": "preliminary",
        }
        rows.append(
            row
            | {
                "period": "2026",
                "period_start_date": dt.date(2026, 1, 1),
                "period_end_date": dt.date(2026, 12, 31),
                "cut_off_date": dt.date(2026, 10, 31),
                "actual": 40 + number * 47 if unit != "%" else 95,
                "opening_balance": 10,
                "totals_only": 5,
                "progress_share": 0.04 + number * 0.047,
                "status": ("behind", "on_track")[number % 2],
                "is_met": False,
                "actual_at_cut_off": 40 + number * 47 if unit != "%" else None,
                "early_actual": 0,
                "expected_share": 0.8328,
                "missing_unit_codes": ("CAB;HRSS.440305" if number == 0 else None),
                "pace_needed": 12.5,
                "pace_reached": 11,
                "projected_actual": 700 + number,
                "projected_low": 600,
                "projected_high": 800,
                "due_submissions": 20,
                "received_submissions": 19,
                "received_share": 0.95,
                "confirmed_share": 0.5,
                "warned_rows": 3,
                "disputed_rows": 2,
                "disputed_totals": 1,
                "balance_verified_share": 0.25,
            }
        )
        rows.append(
            row
            | {
                "period": "2027",
                "period_start_date": dt.date(2027, 1, 1),
                "period_end_date": dt.date(2027, 12, 31),
                "status": "not_due",
            }
        )
    return rows


def sample() -> dict[str, list[dict[str, Any]]]:
    """Something of everything, with names as long as they come."""
    departments = list(reference.codes("department"))
    districts = [code for code in reference.codes("district") if code != reference.CITY]
    months = [dt.date(2025, 11, 1), dt.date(2025, 12, 1), *(dt.date(2026, month, 1) for month in range(1, 11))]
    rates = {
        "participations": 40,
        "completed": 38,
        "certified": 30,
        "paid_fen": 123456,
        "completion_rate": 0.95,
        "pass_rate": 0.9,
        "certificate_rate": 0.8,
        "employment_rate": 0.85,
        "paid_fen_per_certified": 4115,
        "persons": 37,
        "first_month_date": dt.date(2025, 3, 1),
        "last_day_date": dt.date(2026, 2, 28),
        "evaluation": "rated",
        "peers": 60,
        "low_percentile": 0.6,
        "median_index": 0.85,
    }
    return {
        "fct_competition": [
            {"is_counted": True, "has_open_warning": is_open, "budget_fen": fen, "participant_count": 40}
            for is_open, fen in ((False, 3_000_000_00), (True, 480_000_000_00))
        ],
        "rpt_target_progress": targets(),
        "rpt_target_month": [
            {
                "target_id": "T01",
                "reading": "main",
                "period": "2026",
                "month_date": month,
                "counted": 40 + at,
                "totals_only": 2,
                "cumulative_actual": 10 + 43 * (at + 1),
            }
            for at, month in enumerate(months[2:])
        ],
        "rpt_target_breakdown": [
            {
                "target_id": target,
                "reading": "main",
                "period": "2026",
                "breakdown": breakdown,
                "code": code,
                "code_name": name,
                "counted": actual and actual - 6,
                "opening_balance": actual and 4,
                "totals_only": actual and 2,
                "actual": actual,
            }
            for target in ("T01", "T04")
            for breakdown, code, name, actual in (
                ("department", "HRSS", "市人力资源保障局", 30),
                ("department", "CAB", "市民政局", None),
                ("district", "440305", "南山区", 12),
            )
        ],
        "rpt_participation_month": [
            {"month_date": month, "funding_group": group, "participations": 50, "counted": 45, "headline": 40}
            for month in months
            for group in ("public", "self_paid")
        ],
        "rpt_participation_category": [
            {"calendar_year": 2026, "category_code": "01", "participations": 1200, "persons": 1100},
            {"calendar_year": 2026, "category_code": "S", "participations": None, "persons": None},
        ],
        "fct_participation": [
            row
            for at, month in enumerate(months)
            for row in participations(
                20 + 7 * at,
                event_date=month,
                counted_department_code=departments[at],
                special_action_code=f"{at % 10 + 1:02}",
                venue_district_key=districts[at % len(districts)],
                counts_to_headline=at % 3 > 0,
            )
        ],
        "fct_certificate": [
            row
            for at, month in enumerate(months)
            for row in certificates(
                3 + at,
                issue_date=month,
                certificate_type_code=("02", "04")[at % 2],
                skill_level_code=(str(at % 5 + 1), None)[at % 2],
            )
        ],
        "rpt_submission_grid": [
            {
                "department_code": code,
                "period": "2026-03",
                "state": state,
                "outcome": outcome,
                "received_rows": 100,
                "accepted_rows": 90,
                "held_rows": 10,
                "is_confirmed": state == "on_time",
            }
            for code in departments
            for state, outcome in (("on_time", "accepted"), ("late", "rejected"), ("missing", None), ("not_due", None))
        ],
        "rpt_department": [
            {
                "department_code": code,
                "unit_code": code,
                "reported_participations": 120,
                "counted_participations": 100,
                "duplicate_participations": 20,
                "reported_certificates": 50,
                "counted_certificates": 48,
                "critical_findings": 3,
                "warning_findings": 9,
            }
            for code in departments
        ],
        "rpt_program_quality": [
            rates
            | {
                "subject_kind": kind,
                "subject_key": f"{kind}{at}",
                "subject_name": f"{LONG}{at}",
                "quality_kind": training,
                "quality_index": 0.4 + at / 100,
                "is_low": kind == "institution" and at < 5,
            }
            for kind in ("department", "occupation", "institution", "class")
            for training in ("employment", "safety")
            for at in range(60)
        ],
        "rpt_outcome_rate": [
            {
                "subject_kind": kind,
                "subject_key": key,
                "completion_year": 2026,
                "rate": rate,
                "check_month": 12,
                "evaluation": evaluation,
                "due_count": 90,
                "known_count": 80,
                "reached_count": 60,
                "known_share": 0.888888,
                "rate_share": 0.75,
                "lowest_share": 0.666666,
            }
            for kind, key in (("city", "SZ"), ("department", "HRSS"), ("department", "CAB"))
            for rate, evaluation in (("employment", "rated"), ("practice", "not_due"), ("stability", "no_data"))
        ],
        "rpt_demand_supply": [
            {
                "calendar_year": 2026,
                "breakdown": breakdown,
                "code": f"4-01-{at:02}",
                "code_name": f"职业{at}",
                "skill_level_code": "all",
                "lead_department_code": "HRSS" if breakdown == "occupation" else None,
                "forecast_state": "reported",
                "pairing": "both",
                "forecasting_departments": 1,
                "demand_count": 900,
                "gap_count": 90,
                "training_need_count": 100 + at,
                "is_urgent": True,
                "enrolled": 60,
                "trained": 50,
                "trained_persons": 49,
                "certificates": 20,
                "followed": 40,
                "employed": 30,
                "trained_with_need": 50,
                "training_need_share": 0.5,
            }
            for breakdown in ("occupation", "cluster")
            for at in range(25)
        ],
        "rpt_row_reconciliation": [
            {
                "dataset": "training_record",
                "fact": "fct_participation",
                "accepted_rows": 101,
                "held_back_rows": 1,
                "superseded_rows": 3,
                "enterprise_rows": 0,
                "merged_rows": 0,
                "fact_rows": 97,
            }
        ],
    }
