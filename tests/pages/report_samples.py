"""Decisions, findings and mart rows as the pipeline would give them, for the tests of pages."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from warehouse.store.records import ApprovedException
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period, between, parse
from warehouse.vocabulary.submission import (
    Check,
    Decision,
    FileFacts,
    FileProblem,
    MappedColumn,
    Outcome,
    Reading,
    Rows,
    SheetReading,
    Submission,
)

AS_OF = dt.date(2026, 11, 20)
CUT_OFF = dt.date(2026, 10, 31)
DELIVERED = dt.datetime(2026, 2, 9, 8, 30)  # UTC
SHA256 = "5f2b9c0d1e3a" + "0" * 52
HEADERS = (
    ("姓名", "person_name"),
    ("身份证号", "id_no"),
    ("班级编号", "class_id"),
    ("入班日期", None),
    ("结业日期", "completion_date"),
    ("理论成绩", "theory_score"),
    ("所属科室", None),
)
RULES: tuple[dict[str, Any], ...] = (
    {
        "rule": "PN003",
        "severity": "critical",
        "field": "id_no",
        "cell": "B",
        "value": "44**************34",
        "expected": None,
        "message": "身份证号的校验码不对。",
        "fix": "对照证件原件核对全部 18 位。",
    },
    {
        "rule": "TR001",
        "severity": "critical",
        "field": "completion_date",
        "cell": "E",
        "value": "2026-03-08",
        "expected": "不晚于 2026-01-31",
        "message": "结业日期晚于报告期末。",
        "fix": "核对结业日期;确属下一期的,改在下一期报送。",
    },
    {
        "rule": "TR.class_id.required",
        "severity": "critical",
        "field": "class_id",
        "cell": "C",
        "value": None,
        "expected": None,
        "message": "班级编号是必填项,这里是空的。",
        "fix": "填写开班备案时的班级编号。",
    },
    {
        "rule": "TR007",
        "severity": "warning",
        "field": "theory_score",
        "cell": "F",
        "value": "52",
        "expected": "60 或以上",
        "message": "考核结果是合格,成绩却低于 60 分。",
        "fix": "核对成绩和考核结果。",
    },
    {
        "rule": "PN006",
        "severity": "warning",
        "field": "id_no",
        "cell": "B",
        "value": "44***********21",
        "expected": None,
        "message": "证件号码是 15 位的旧号码。",
        "fix": "请改填 18 位公民身份号码。",
    },
)


def decision(
    outcome: Outcome = "partly_accepted",
    *,
    received: int = 386,
    held: int = 12,
    file_name: str = "培训人次实名制明细_2026年1月.xlsx",
    sheet: str = "明细表",
    headers: tuple[tuple[str, str | None], ...] = HEADERS,
    problem: FileProblem | None = None,
) -> Decision:
    if outcome == "unreadable":
        reading = Reading(
            FileFacts(file_name, SHA256, 48_213), problem=problem or "damaged", detail="文件的末尾不完整,无法打开。"
        )
        received = held = 0
    else:
        reading = Reading(
            FileFacts(file_name, SHA256, 48_213, "xlsx", None, (sheet, "填表说明")),
            rows=received,
            columns=tuple(
                MappedColumn(sheet, header, field, "ABCDEFGHIJ"[place]) for place, (header, field) in enumerate(headers)
            ),
            sheets=(SheetReading(sheet, 3, received, {"title": 2, "header": 1, "total": 1, "note": 1}),),
        )
    return Decision(
        submission=Submission("training_record", "CAB", "CAB", "2026-01", SHA256),
        outcome=outcome,
        rows=Rows(received, received - held, held),
        reading=reading,
        checks_run=61,
        checks_not_run=(Check("TR014", "缺少在读学生名册,无法核对。"),),
        rules_version="3f9a1c07",
        reference_version="b21e77d0",
        program_version="0.1.0",
    )


def finding(template: dict[str, Any], row_index: int, sheet: str = "明细表", **changes: Any) -> dict[str, Any]:
    row = row_index + 3
    return {
        "submission_id": "CAB-training_record-2026-01-5f2b9c0d1e3a",
        "sheet": sheet,
        "row_index": row_index,
        "row": row,
        **template,
        "cell": f"{template['cell']}{row}",
    } | changes


def findings(count: int = 31) -> list[dict[str, Any]]:
    """A steep mix, one finding on every row that has any: the first rules hit most rows."""
    chance = random.Random(7)
    weights = [9, 5, 2, 8, 3]
    drawn = []
    for place in range(1, count + 1):
        template = chance.choices(RULES, weights)[0]
        row = finding(template, place * 7 + chance.randrange(7))
        if template["field"] == "id_no":
            row["value"] = f"4{chance.randrange(1, 6)}{row['value'][2:-2]}{chance.randrange(10, 100)}"
        drawn.append(row)
    return drawn


def file_finding(
    rule: str = "FL008", message: str = "缺少必填列“班级编号”。", severity: str = "critical"
) -> dict[str, Any]:
    return {
        "submission_id": "CAB-training_record-2026-01-5f2b9c0d1e3a",
        "rule": rule,
        "severity": severity,
        "field": "class_id",
        "sheet": None,
        "row_index": None,
        "row": None,
        "cell": None,
        "value": None,
        "expected": "班级编号",
        "message": message,
        "fix": "在表中补上这一列后重新报送整份文件。",
    }


def across() -> list[dict[str, Any]]:
    return [
        finding(
            RULES[0]
            | {
                "rule": "CL901",
                "severity": "warning",
                "field": "class_id",
                "cell": "C",
                "value": "SZ2026010042",
                "message": "培训班没有备案:SZ2026010042,涉及 27 行。",
                "fix": "核对班级编号;确未备案的,先报送开班备案。",
            },
            41,
            dataset="training_record",
            scope="across",
        )
    ]


FEEDS = {
    "HRSS": ("training_class", "training_record", "certificate", "subsidy_payment", "aggregate_summary"),
    "CAB": ("training_class", "training_record", "enterprise_coverage", "education_fund"),
    "JUS": ("aggregate_summary",),
    "FIN": ("subsidy_payment",),
    "SAC": ("education_fund",),
}
DEFAULT_FEEDS = ("training_class", "training_record", "aggregate_summary", "education_fund")
DISTRICTS = ("440304", "440305", "SZ-DP")
CADENCE = {"enterprise_coverage": ("2025-H2", "2026-H1", "2026-H2"), "education_fund": ("2025", "2026")}


def _periods(dataset: str) -> list[Period]:
    if dataset in CADENCE:
        return [period for text in CADENCE[dataset] if (period := parse(text))]
    return list(between(Period(dt.date(2025, 11, 1), 1), Period(dt.date(2026, 11, 1), 1)))


def grid(seed: int = 7, departments: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Rows of `rpt_submission_grid`."""
    chance = random.Random(seed)
    rows = []
    for department in departments or tuple(reference.codes("department")):
        units = [department] + ([f"HRSS.{key}" for key in DISTRICTS] if department == "HRSS" else [])
        for unit in units:
            for dataset in FEEDS.get(department, DEFAULT_FEEDS):
                rows += [_cell(chance, department, unit, dataset, period) for period in _periods(dataset)]
    return rows


def _cell(chance: random.Random, department: str, unit: str, dataset: str, period: Period) -> dict[str, Any]:
    due = period.end + dt.timedelta(days=15)
    cell: dict[str, Any] = {
        "department_code": department,
        "unit_code": unit,
        "dataset": dataset,
        "period": str(period),
        "due_date": due,
        "state": "not_due",
        "outcome": None,
        "submission_id": None,
        "received_rows": None,
        "accepted_rows": None,
        "held_rows": None,
        "withdrawn_rows": None,
        "is_nothing_to_report": None,
        "is_confirmed": False,
    } | standing_columns(None)
    if due > AS_OF:
        return cell
    drawn = chance.random()
    if drawn < 0.02:
        return cell | {"state": "missing"}
    received = chance.randint(20, 900)
    outcome = "rejected" if drawn < 0.04 else "partly_accepted" if drawn < 0.3 else "accepted"
    held = {"rejected": received, "partly_accepted": max(received // 70, 1), "accepted": 0}[outcome]
    return (
        cell
        | standing_columns(outcome)
        | {
            "withdrawn_rows": 0,
            "is_nothing_to_report": False,
            "state": "late" if 0.3 < drawn < 0.36 else "on_time",
            "outcome": outcome,
            "submission_id": f"{unit}-{dataset}-{period}-{chance.randrange(16**12):012x}",
            "received_rows": received,
            "accepted_rows": received - held,
            "held_rows": held,
        }
    )


def standing_columns(outcome: str | None) -> dict[str, Any]:
    """What a row of the grid says of where its submission stands: the first of its key, which came in time."""
    standing = outcome and ("refused" if outcome in ("rejected", "unreadable") else "standing")
    return {
        "as_of_date": AS_OF,
        "standing": standing,
        "received_at": outcome and DELIVERED,
        "is_confirmed": False,
        "has_confirmed_other": False,
        "latest_submission_id": outcome and "CAB-a",
        "latest_kind": outcome and "first",
        "latest_standing": standing,
        "latest_refusal": "outcome" if standing == "refused" else None,
        "latest_outcome": outcome,
        "latest_received_at": outcome and DELIVERED,
        "latest_asked_date": None,
        "latest_answer_until_date": None,
        "held_back_row_count": 0,
        "held_back_answer_date": None,
        "refused_submissions": 0,
    }


AWAITS: dict[str, Any] = {
    "latest_submission_id": "CAB-b",
    "latest_kind": "replacement",
    "latest_standing": "awaiting_confirmation",
    "latest_asked_date": dt.date(2026, 11, 13),
    "latest_answer_until_date": dt.date(2026, 11, 27),
}
"""What a row of the grid holds where a later whole file lost much of what stands."""


def grid_row(**changes: Any) -> dict[str, Any]:
    """A row of `rpt_submission_grid`: all accepted, in time."""
    return (
        standing_columns(changes.get("outcome", "accepted"))
        | {
            "department_code": "CAB",
            "unit_code": "CAB",
            "dataset": "training_record",
            "period": "2026-10",
            "due_date": dt.date(2026, 11, 10),
            "state": "on_time",
            "outcome": "accepted",
            "submission_id": "CAB-a",
            "received_rows": 10,
            "accepted_rows": 10,
            "held_rows": 0,
            "is_nothing_to_report": False,
            "is_confirmed": False,
        }
        | changes
    )


NOTHING_CAME: dict[str, None] = {
    "outcome": None,
    "submission_id": None,
    "received_rows": None,
    "accepted_rows": None,
    "held_rows": None,
    "is_nothing_to_report": None,
}
"""What a row of the grid holds where nothing came."""


def submissions(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `register/submission.parquet` that agree with the grid."""
    rows = []
    for order, cell in enumerate(cells, 1):
        period = parse(cell["period"])
        if cell["submission_id"] and period:
            rows.append(
                cell
                | {
                    "period_start_date": period.start,
                    "period_end_date": period.end,
                    "delivery_order": order,
                    "critical_findings": cell["held_rows"],
                    "warning_findings": cell["received_rows"] // 90,
                    "file_name": f"{cell['dataset']}_{cell['period']}.xlsx",
                    "file_kind": "xlsx",
                    "file_bytes": 48_213,
                    "received_at": DELIVERED,
                    "rules_version": "3f9a1c07",
                    "standing": "refused" if cell["outcome"] == "rejected" else "standing",
                    "represents_key": True,
                    "is_latest": True,
                    "refusal": "outcome" if cell["outcome"] == "rejected" else None,
                    "submission_kind": "first",
                    "confirmed_at": None,
                    "has_confirmed_other": False,
                }
            )
    return rows


def deliveries() -> list[dict[str, Any]]:
    """Unrecognised rows of `register/delivery.parquet`."""
    return [
        {
            "delivery_order": 900,
            "channel": "drop_folder",
            "department_code": "CAB",
            "unit_code": None,
            "dataset": None,
            "period": None,
            "file_name": "新建文件夹/Book1.xlsx",
            "received_at": dt.datetime(2026, 3, 2, 1, 12),
            "submission_id": None,
            "problem": "文件名和内容都看不出数据集与报告期。",
            "remark": None,
        }
    ]


EXCEPTION = ApprovedException(
    exception_id="EX-2026-001",
    rule="TR001",
    department="CAB",
    rows=5,
    until="2026-12-31",
    approved_by="李**",
    reason="新系统切换",
    recorded_at="2026-02-01T00:00:00Z",
)


def top_rules() -> list[dict[str, Any]]:
    return [
        {
            "rule": rule["rule"],
            "severity": rule["severity"],
            "message": rule["message"],
            "fix": rule["fix"],
            "findings": 1240 // place,
            "submissions": 96 // place,
        }
        for place, rule in enumerate(RULES, 1)
    ]


ANNUAL = ("T03", "T04", "T05", "T08", "T09", "T11", "T13", "T14", "T15", "T16", "T17", "T19")
NOT_DUE = {"status": "not_due", "actual": None, "is_met": None, "cut_off_date": None, "actual_at_cut_off": None}
REACHED = {"T01": 0.62, "T02": 0.66, "T10": 0.9996, "T12": 0.58, "T16": 1.0, "T18": 1.0, "T19": 1.05, "S01": 0.94}


def target(target_id: str, period: str, start: dt.date | None, end: dt.date | None, **changes: Any) -> dict[str, Any]:
    plan = next(row for row in reference.table("targets") if row["id"] == target_id)
    threshold = float(plan["threshold"])
    reached = REACHED.get(target_id, 0.88)
    actual = threshold * reached
    if plan["unit"] != "%":
        actual = int(actual)
    status = "done" if reached >= 1 else "ahead" if reached > 0.65 else "on_track" if reached > 0.6 else "behind"
    return {
        "target_id": target_id,
        "reading": "main",
        "period": period,
        "period_start_date": start,
        "period_end_date": end,
        "as_of_date": AS_OF,
        "cut_off_date": CUT_OFF if plan["unit"] != "%" else None,
        "figure_date": CUT_OFF if period == "point" else None,
        "actual": actual,
        "opening_balance": 0,
        "totals_only": 0,
        "threshold": threshold,
        "comparator": plan["comparator"],
        "unit": plan["unit"],
        "progress_share": reached,
        "status": status,
        "is_met": reached >= 1,
        "actual_at_cut_off": actual if plan["unit"] != "%" else None,
        "early_actual": 0,
        "expected_share": 0.8328 if plan["unit"] != "%" else None,
        "missing_unit_codes": None,
        "figure_state": "preliminary",
        "confirmed_share": 0.25,
        "balance_verified_share": None,
    } | changes


def targets() -> list[dict[str, Any]]:
    """Rows of `rpt_target_progress` for all targets."""
    rows = []
    for plan in reference.table("targets"):
        target_id = plan["id"]
        if target_id in ANNUAL:
            for year in (2025, 2026, 2027):
                changes = NOT_DUE if year == 2027 else {}
                rows.append(target(target_id, str(year), dt.date(year, 1, 1), dt.date(year, 12, 31), **changes))
        elif target_id in ("T10", "S01"):
            rows.append(target(target_id, "point", dt.date(2025, 1, 1), dt.date(2027, 12, 31)))
        elif target_id == "T18":
            rows.append(target(target_id, "2025-2026", dt.date(2025, 1, 1), dt.date(2026, 12, 31)))
        else:
            components = {"opening_balance": 41_260, "totals_only": 2_318} if target_id == "T01" else {}
            rows.append(target(target_id, "2025-2027", dt.date(2025, 1, 1), dt.date(2027, 12, 31), **components))
    rows.append(target("T02", "2025-2027", dt.date(2025, 1, 1), dt.date(2027, 12, 31), reading="with_permits"))
    rows.append(target("T19", "2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), reading="over_accrued", actual=41.37))
    return rows


def months() -> list[dict[str, Any]]:
    """Rows of `rpt_participation_month`."""
    chance = random.Random(3)
    rows = []
    for period in between(Period(dt.date(2025, 11, 1), 1), Period(dt.date(2026, 10, 1), 1)):
        for group, size in (("public", 7_500), ("industry", 9_000), ("enterprise", 3_900)):
            whole = int(size * chance.uniform(0.7, 1.3))
            counted = int(whole * 0.93)
            rows.append(
                {
                    "month_date": period.start,
                    "funding_group": group,
                    "participations": whole,
                    "counted": counted,
                    "headline": counted if group == "public" else 0,
                }
            )
    return rows


def breakdown() -> list[dict[str, Any]]:
    """Rows of `rpt_target_breakdown`."""
    pieces = (
        ("T07", "part", "02", 9_000),
        ("T07", "part", "03", 4_200),
        ("T07", "department", "HCD", 13_200),
        ("T07", "district", "440305", 13_200),
        ("T04", "department", "VET", None),
    )
    periods = {"T07": "2025-2027", "T04": "2026"}
    names = (
        reference.codes("program")
        | reference.codes("district")
        | {row["code"]: row["short_name"] for row in reference.table("departments")}
    )
    return [
        {
            "target_id": target_id,
            "reading": "main",
            "period": periods[target_id],
            "breakdown": kind,
            "code": code,
            "code_name": names[code],
            "counted": actual and actual - 300,
            "opening_balance": actual and 200,
            "totals_only": actual and 100,
            "actual": actual,
        }
        for target_id, kind, code, actual in pieces
    ]
