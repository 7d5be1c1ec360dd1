"""Defects of classes, participations and attendance. Ends at a list."""

from __future__ import annotations

import numpy as np

from demo.defect import (
    IMPOSSIBLE,
    Defect,
    Kind,
    Place,
    Where,
    all_of,
    also,
    always,
    cell,
    cleared,
    days_after,
    everywhere,
    fact,
    filled,
    one_of,
    other,
    period_day,
    resident,
    rule,
    sent,
    shared,
    texts,
)
from demo.rows import Array, last_day
from demo.senders import owes
from warehouse.vocabulary import policy


def _unused(place: Place) -> Array:
    """Classes to which nothing refers: only these are held, so that a held class orphans nobody."""
    return np.array([text not in place.referred for text in place.rows["class_id"].tolist()], dtype=bool)


def _of_a_district(place: Place) -> Array:
    return np.array(["." in unit for unit in place.rows.unit.tolist()], dtype=bool)


def _headline_funded(place: Place) -> Array:
    return place.equal("funding_source", *policy.codes("headline_funding_code", last_day(place.end)))


def _without(field: str) -> Where:
    return lambda place: ~place.filled(field)


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
            all_of(one_of("is_public_welfare", 1.0), _headline_funded),
            sent("fee_charged", always(1.0), meant=True),
        ),
        rule(
            "occupation_name_against_code",
            name,
            "occupation_name",
            "TC005",
            "warn",
            filled("occupation_code"),
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
            all_of(one_of("project_type", "02", "06"), _headline_funded),
            sent("project_type", always("05")),
        ),
        rule(
            "level_without_occupation",
            name,
            "occupation_code",
            "TC010",
            "warn",
            filled("skill_level", "occupation_code"),
            sent("occupation_code", always(None), meant=True),
        ),
        rule(
            "startup_under_another_action",
            name,
            "special_action",
            "TC011",
            "warn",
            all_of(one_of("special_action", "02"), _without("skill_level")),
            sent("project_type", always("03")),
        ),
        rule(
            "apprentices_of_another_type",
            name,
            "project_type",
            "TC012",
            "warn",
            one_of("programs", "12"),
            sent("project_type", always("02")),
        ),
        rule(
            "safety_under_another_action",
            name,
            "special_action",
            "TC013",
            "warn",
            all_of(one_of("programs", "02", "04"), _without("skill_level")),
            sent("project_type", always("07")),
        ),
        rule(
            "class_as_large_as_a_hall",
            name,
            "planned_persons",
            "TC014",
            "warn",
            filled("planned_persons"),
            sent("planned_persons", always(450.0)),
        ),
        rule(
            "self_paid_without_fee",
            name,
            "fee_charged",
            "TC015",
            "warn",
            one_of("funding_source", "09"),
            sent("fee_charged", always(0.0), meant=True),
        ),
        rule(
            "treasury_and_fee",
            name,
            "fee_charged",
            "TC016",
            "warn",
            all_of(one_of("funding_source", "01", "02", "03", "05"), one_of("is_public_welfare", 0.0)),
            sent("fee_charged", always(1.0), meant=True),
        ),
        rule(
            "welfare_at_own_cost",
            name,
            "is_public_welfare",
            "TC017",
            "warn",
            one_of("funding_source", "09"),
            also(sent("is_public_welfare", always(1.0), meant=True), sent("fee_charged", always(np.nan), meant=True)),
        ),
        rule(
            "level_against_name",
            name,
            "class_name",
            "TC018",
            "warn",
            one_of("skill_level", "5", "4"),
            sent("class_name", texts("occupation_name", lambda text: f"{text}（三级）第1期")),
        ),
        rule(
            "organisation_by_its_code",
            name,
            "org_name",
            "TC019",
            "warn",
            filled("org_uscc"),
            sent("org_name", texts("org_uscc", str)),
        ),
        rule(
            "filing_number_twice",
            name,
            "filing_no",
            "TC020",
            "warn",
            filled("filing_no"),
            shared(filled("filing_no"), "filing_no"),
        ),
        rule(
            "program_of_another_action",
            name,
            "special_action",
            "TC022",
            "warn",
            all_of(one_of("programs", "03", "14", "15"), lambda p: ~p.equal("project_type", "07")),
            sent("special_action", always("02"), meant=True),
        ),
        rule(
            "level_of_safety_training",
            name,
            "skill_level",
            "TC023",
            "warn",
            one_of("project_type", "07"),
            sent("skill_level", always("4"), meant=True),
        ),
        rule(
            "venue_in_another_district",
            name,
            "venue_district",
            "TC024",
            "warn",
            _of_a_district,
            sent(
                "venue_district",
                texts("venue_district", lambda text: "440306" if text != "440306" else "440305"),
                meant=True,
            ),
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
            name, "occupation_code", "listed", cell("occupation_code", "9-99-99-99"), lambda p: ~p.filled("skill_level")
        ),
    ]


def _not_of_the_zone(place: Place) -> Array:
    """Without the county around the zone of Shenshan, part of which is this city's."""
    return np.array([str(text)[:4] != "4415" for text in place.rows["hukou_region"].tolist()], dtype=bool)


def training_record() -> list[Defect]:
    name = "training_record"

    def done(place: Place) -> Array:
        return place.equal("completed", 1.0) & place.filled("completion_date")

    def taken(place: Place) -> Array:
        return done(place) & place.equal("exam_result", "1") & place.filled("practice_score")

    def dropped(place: Place) -> Array:
        return place.equal("completed", 0.0) & place.filled("attendance_rate")

    def rated(place: Place) -> Array:
        return done(place) & place.filled("attendance_rate") & (place.rows["attended_hours"] > 1)

    apprentice = filled("agreement_start", "agreement_end")
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
        rule(
            "rate_without_hours", name, "attendance_rate", "TR010", "warn", rated, sent("attendance_rate", always(0.0))
        ),
        rule(
            "absent_with_score",
            name,
            "theory_score",
            "TR011",
            "warn",
            all_of(one_of("exam_result", "2"), _without("theory_score")),
            sent("theory_score", always(75.0)),
        ),
        rule(
            "failed_with_good_scores",
            name,
            "exam_result",
            "TR012",
            "warn",
            all_of(dropped, one_of("exam_result", "0")),
            also(sent("theory_score", always(85.0)), sent("practice_score", always(88.0))),
        ),
        rule(
            "completed_with_little_attendance",
            name,
            "attendance_rate",
            "TR013",
            "warn",
            all_of(rated, lambda p: ~owes(p.rows.unit, "attendance")),
            also(
                sent("attended_hours", lambda p, index: p.rows["attended_hours"][index] / 2),
                sent("attendance_rate", lambda p, index: p.rows["attendance_rate"][index] / 2),
            ),
        ),
        rule(
            "worker_without_employer",
            name,
            "employer_name",
            "TR014",
            "warn",
            all_of(one_of("person_category", "07", "06;07"), filled("employer_name")),
            cleared("employer_name", "employer_uscc"),
        ),
        rule(
            "employer_without_name",
            name,
            "employer_name",
            "TR015",
            "warn",
            filled("employer_name", "employer_uscc"),
            cleared("employer_name"),
        ),
        rule(
            "categories_contradict",
            name,
            "person_category",
            "TR016",
            "warn",
            one_of("person_category", "03"),
            sent("person_category", always("03;15"), meant=True),
        ),
        rule(
            "unemployed_with_employer",
            name,
            "employer_name",
            "TR017",
            "warn",
            one_of("person_category", "03"),
            sent("employer_name", always("深圳市某某电子有限公司")),
        ),
        rule(
            "graduate_of_a_secondary_school",
            name,
            "education",
            "TR018",
            "warn",
            one_of("person_category", "01"),
            sent("education", always("60")),
        ),
        rule(
            "resident_from_hong_kong",
            name,
            "person_category",
            "TR019",
            "warn",
            all_of(resident, one_of("person_category", "02", "05")),
            sent("person_category", always("17"), meant=True),
        ),
        rule(
            "household_against_document",
            name,
            "hukou_type",
            "TR020",
            "warn",
            all_of(resident, filled("hukou_type")),
            sent("hukou_type", always("30")),
        ),
        rule(
            "household_against_place",
            name,
            "hukou_type",
            "TR021",
            "warn",
            all_of(filled("hukou_region"), one_of("hukou_type", "12", "22"), _not_of_the_zone),
            sent("hukou_type", always("11")),
        ),
        rule("agreement_without_end", name, "agreement_end", "TR022", "warn", apprentice, cleared("agreement_end")),
        rule(
            "completed_before_agreement",
            name,
            "agreement_start",
            "TR024",
            "warn",
            all_of(apprentice, done),
            also(
                sent("agreement_start", days_after("completion_date", 5)),
                sent("agreement_end", days_after("completion_date", 300)),
            ),
        ),
        rule(
            "rate_of_another_class",
            name,
            "attendance_rate",
            "TR025",
            "warn",
            all_of(rated, lambda p: p.rows["attendance_rate"] < 0.87),
            sent("attendance_rate", always(1.0)),
        ),
        rule(
            "person_twice_in_class",
            name,
            "id_no",
            "TR026",
            "warn",
            filled("mobile"),
            shared(filled("mobile"), "person_name", "mobile", same=("class_id",), unlike=("id_no",)),
        ),
        rule(
            "certificate_of_two_trainees",
            name,
            "cert_no",
            "TR028",
            "warn",
            filled("cert_no"),
            shared(filled("cert_no"), "cert_no", unlike=("id_no",)),
        ),
        fact(name, "class_id", "required", cleared("class_id")),
        fact(name, "person_category", "required", cleared("person_category")),
        fact(name, "person_category", "listed", cell("person_category", "ZZ", "外星居民")),
        fact(name, "attended_hours", "type", cell("attended_hours", "若干", "待核")),
        fact(name, "attended_hours", "range", cell("attended_hours", "3500", "-8")),
        fact(name, "exam_result", "required", cleared("exam_result")),
        fact(name, "exam_result", "listed", cell("exam_result", "待定", "已考")),
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

    def sessions(place: Place) -> Array:
        """How many sessions the person has on the day."""
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
        return np.asarray(counts[inverse])

    def alone(place: Place) -> Array:
        """Persons with one session on the day: a rule over the day then has one row to name."""
        return np.asarray(sessions(place) == 1)

    def with_morning(place: Place) -> Array:
        """Afternoons of persons who came in the morning too."""
        return np.asarray((sessions(place) == 2) & place.equal("session_start", "14:00:00"))

    def holiday(place: Place) -> Array:
        """Sessions of classes that start later than on the holiday with which the month begins."""
        begins = np.array(["2026-01-01", "2026-05-01", "2026-10-01"], dtype="datetime64[D]")
        return np.isin(place.start, begins) & alone(place) & (place.rows["session_date"] > place.start + 7)

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
        Defect(
            Kind("session_on_holiday", name, "session_date", ("AT005", "AT901"), "warn"),
            holiday,
            sent("session_date", period_day("start", 0), meant=True),
        ),
        rule(
            "sessions_overlap",
            name,
            "session_start",
            "AT007",
            "warn",
            with_morning,
            sent("session_start", always("11:00:00")),
        ),
        rule(
            "session_at_night",
            name,
            "session_start",
            "AT009",
            "warn",
            morning,
            also(sent("session_start", always("03:00:00")), sent("session_end", always("05:30:00"))),
        ),
        rule("valid_without_hours", name, "hours", "AT010", "warn", morning, sent("hours", always(0.0))),
        rule("end_without_start", name, "session_start", "AT011", "warn", alone, cleared("session_start")),
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
