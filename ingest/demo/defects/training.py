"""Defects of classes, participations and attendance."""

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
from ingest.demo.rows import Array


def _unused(place: Place) -> Array:
    """Classes to which nothing refers: only these are held, so that a held class orphans nobody."""
    return np.array([text not in place.used_classes for text in place.rows["class_id"].tolist()], dtype=bool)


def training_class() -> list[Defect]:
    name = "training_class"

    def fits(place: Place) -> Array:
        return ~np.isin(place.rows["programs"], ["06", "07"])

    return [
        rule(
            "ends_before_start",
            name,
            "end_date",
            "TC001",
            "hold",
            _unused,
            sent("end_date", days_after("start_date", -3)),
        ),
        rule(
            "starts_after_period",
            name,
            "start_date",
            "TC002",
            "hold",
            _unused,
            also(sent("start_date", period_day("end", 9)), sent("end_date", period_day("end", 40))),
        ),
        rule(
            "welfare_with_fee",
            name,
            "fee_charged",
            "TC004",
            "warn",
            all_of(
                one_of("is_public_welfare", 1.0), one_of("funding_source", "01", "02", "03", "04", "05", "06", "07")
            ),
            sent("fee_charged", always(1.0), meant=True),
        ),
        rule(
            "occupation_name_against_code",
            name,
            "occupation_name",
            "TC005",
            "warn",
            given("occupation_code"),
            sent("occupation_name", texts("occupation_name", lambda text: "茶艺师" if text != "茶艺师" else "美容师")),
        ),
        rule(
            "action_against_program",
            name,
            "special_action",
            "TC006",
            "warn",
            all_of(one_of("programs", "01", "04", "05", "08", "09", "11", "13"), fits),
            sent("special_action", always("02"), meant=True),
        ),
        rule(
            "hours_beyond_days",
            name,
            "planned_hours",
            "TC007",
            "warn",
            one_of("project_type", "02", "07", "01"),
            sent(
                "planned_hours",
                lambda p, index: np.ceil(
                    ((p.rows["end_date"][index] - p.rows["start_date"][index]).astype(int) + 1) * 10.0 + 6
                ),
            ),
        ),
        rule(
            "short_apprenticeship",
            name,
            "project_type",
            "TC009",
            "warn",
            all_of(
                one_of("project_type", "02", "06"), one_of("funding_source", "01", "02", "03", "04", "05", "06", "07")
            ),
            sent("project_type", always("05")),
        ),
        fact(name, "class_name", "required", cleared("class_name"), _unused),
        fact(name, "org_uscc", "checksum", sent("org_uscc", texts("org_uscc", other)), _unused),
        fact(name, "start_date", "type", cell("start_date", *IMPOSSIBLE), _unused),
        fact(name, "end_date", "required", cleared("end_date"), _unused),
        fact(name, "planned_hours", "range", cell("planned_hours", "0"), _unused),
        fact(name, "venue_district", "listed", cell("venue_district", "前海", "浦东新区"), _unused),
        fact(name, "funding_source", "listed", cell("funding_source", "上级拨款"), _unused),
        fact(name, "planned_persons", "type", cell("planned_persons", "若干", "待核")),
        fact(
            name, "occupation_code", "listed", cell("occupation_code", "9-99-99-99"), lambda p: ~p.given("skill_level")
        ),
    ]


def training_record() -> list[Defect]:
    name = "training_record"

    def done(place: Place) -> Array:
        return place.equal("completed", 1.0) & place.given("completion_date")

    def taken(place: Place) -> Array:
        return done(place) & place.equal("exam_result", "1") & place.given("practice_score")

    def dropped(place: Place) -> Array:
        return place.equal("completed", 0.0) & place.given("attendance_rate")

    apprentice = given("agreement_start", "agreement_end")
    return [
        rule(
            "completed_after_period",
            name,
            "completion_date",
            "TR001",
            "hold",
            done,
            sent("completion_date", period_day("end", 12)),
        ),
        rule("completed_without_date", name, "completion_date", "TR002", "warn", done, cleared("completion_date")),
        rule("completed_but_failed", name, "exam_result", "TR004", "warn", taken, sent("exam_result", always("0"))),
        rule(
            "short_agreement",
            name,
            "agreement_end",
            "TR005",
            "warn",
            apprentice,
            sent("agreement_end", days_after("agreement_start", 90)),
        ),
        rule(
            "agreement_ends_before_start",
            name,
            "agreement_end",
            "TR006",
            "warn",
            apprentice,
            sent("agreement_end", days_after("agreement_start", -10)),
        ),
        rule(
            "passed_below_sixty", name, "practice_score", "TR007", "warn", taken, sent("practice_score", always(41.0))
        ),
        rule(
            "completed_without_hours",
            name,
            "attended_hours",
            "TR008",
            "warn",
            done,
            also(sent("attended_hours", always(0.0)), cleared("attendance_rate")),
        ),
        rule(
            "date_without_completion",
            name,
            "completion_date",
            "TR009",
            "warn",
            dropped,
            sent("completion_date", period_day("start", 1)),
        ),
        fact(name, "class_id", "required", cleared("class_id")),
        fact(name, "person_category", "required", cleared("person_category")),
        fact(name, "person_category", "listed", cell("person_category", "ZZ", "外星居民")),
        fact(name, "attended_hours", "type", cell("attended_hours", "若干", "待核")),
        fact(name, "attended_hours", "range", cell("attended_hours", "3500", "-8")),
        fact(name, "exam_result", "required", cleared("exam_result")),
        fact(name, "exam_result", "listed", cell("exam_result", "优秀", "良")),
        fact(name, "completed", "type", cell("completed", "待定中", "看情况")),
        fact(name, "completion_date", "type", cell("completion_date", *IMPOSSIBLE), done),
        fact(name, "education", "listed", cell("education", "幼儿园", "ZZ")),
        fact(name, "hukou_region", "listed", cell("hukou_region", "999999", "火星")),
        fact(name, "theory_score", "range", cell("theory_score", "150", "860")),
        fact(name, "attendance_rate", "range", cell("attendance_rate", "195%")),
        fact(name, "employer_uscc", "checksum", sent("employer_uscc", texts("employer_uscc", other))),
        fact(name, "employer_industry", "listed", cell("employer_industry", "Z99")),
        fact(name, "class_id", "length", cell("class_id", "3班")),
    ]


def attendance() -> list[Defect]:
    name = "attendance"

    def morning(place: Place) -> Array:
        return place.equal("session_start", "09:00:00")

    def alone(place: Place) -> Array:
        """Persons with one session on the day: a rule over the day then has one row to name."""
        keys = np.array(
            [
                f"{a}|{b}|{c}"
                for a, b, c in zip(
                    place.rows["class_id"].tolist(),
                    place.rows["id_no"].tolist(),
                    place.rows["session_date"].tolist(),
                    strict=True,
                )
            ]
        )
        _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        return np.asarray(counts[inverse] == 1)

    def holiday(place: Place) -> Array:
        return np.isin(
            place.start, np.array(["2026-01-01", "2026-05-01", "2026-10-01"], dtype="datetime64[D]")
        ) & alone(place)

    return [
        rule(
            "session_after_period",
            name,
            "session_date",
            "AT001",
            "hold",
            everywhere,
            sent("session_date", period_day("end", 12)),
        ),
        rule(
            "session_ends_before_start",
            name,
            "session_end",
            "AT002",
            "warn",
            morning,
            sent("session_end", always("08:10:00")),
        ),
        rule("hours_beyond_session", name, "hours", "AT003", "warn", morning, sent("hours", always(6.0))),
        rule(
            "hours_beyond_day",
            name,
            "hours",
            "AT004",
            "warn",
            alone,
            also(sent("hours", always(13.0)), cleared("session_end")),
        ),
        rule(
            "session_on_holiday",
            name,
            "session_date",
            "AT005",
            "warn",
            holiday,
            sent("session_date", period_day("start", 0), meant=True),
        ),
        rule(
            "id_checksum",
            name,
            "id_no",
            "PN003",
            "hold",
            one_of("id_type", "01"),
            sent("id_no", texts("id_no", lambda text: other(text, "0123456789X"))),
        ),
        rule(
            "id_too_short",
            name,
            "id_no",
            "PN002",
            "hold",
            one_of("id_type", "01"),
            sent("id_no", texts("id_no", lambda text: text[:14])),
        ),
        fact(name, "hours", "required", cleared("hours")),
        fact(name, "hours", "range", cell("hours", "36"), alone),
        fact(name, "session_date", "type", cell("session_date", *IMPOSSIBLE)),
        fact(name, "session_end", "type", cell("session_end", "25:61")),
        fact(name, "check_method", "listed", cell("check_method", "点名册Z")),
        fact(name, "class_id", "required", cleared("class_id")),
    ]
