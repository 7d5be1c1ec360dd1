"""Defects of certificates. Ends at a list."""

from __future__ import annotations

import re

from demo.defect import (
    IMPOSSIBLE,
    Defect,
    Place,
    all_of,
    also,
    always,
    cell,
    cleared,
    days_after,
    fact,
    filled,
    one_of,
    other,
    period_day,
    rule,
    sent,
    shared,
    texts,
)
from demo.rows import Array


def certificate() -> list[Defect]:
    name = "certificate"
    level = one_of("cert_type", "02")
    plain = one_of("cert_type", "05", "10", "12")

    permit = one_of("cert_type", "06", "08")

    def first_of_a_level(place: Place) -> Array:
        return level(place) & place.equal("status", "1") & ~place.filled("class_id")

    def next_level(text: str) -> str:
        return {"1": "2", "2": "3", "3": "4", "4": "3", "5": "4"}[text]

    return [
        rule(
            "certificate_number_form",
            name,
            "cert_no",
            "CT001",
            "hold",
            level,
            sent("cert_no", texts("cert_no", lambda text: text[:20])),
        ),
        rule(
            "level_against_number",
            name,
            "skill_level",
            "CT002",
            "hold",
            level,
            sent("skill_level", texts("skill_level", next_level)),
        ),
        rule(
            "year_against_number",
            name,
            "cert_no",
            "CT003",
            "hold",
            level,
            sent("cert_no", texts("cert_no", lambda text: text[:13] + "21" + text[15:])),
        ),
        rule(
            "card_of_another_person",
            name,
            "cert_no",
            "CT004",
            "hold",
            one_of("cert_type", "04"),
            sent("cert_no", texts("cert_no", lambda text: text[:15] + str((int(text[15]) + 1) % 10) + text[16:])),
        ),
        rule(
            "issued_after_period", name, "issue_date", "CT005", "hold", plain, sent("issue_date", period_day("end", 7))
        ),
        rule(
            "expires_before_issue",
            name,
            "valid_until",
            "CT007",
            "warn",
            filled("valid_until"),
            sent("valid_until", days_after("issue_date", -30)),
        ),
        rule(
            "permit_without_issuer_code",
            name,
            "issuer_uscc",
            "CT008",
            "warn",
            one_of("cert_type", "04", "06", "08"),
            cleared("issuer_uscc"),
        ),
        rule(
            "recognition_without_ground",
            name,
            "recognition_ground",
            "CT009",
            "warn",
            one_of("assess_mode", "4"),
            cleared("recognition_ground"),
        ),
        rule(
            "direct_recognition_of_low_level",
            name,
            "skill_level",
            "CT010",
            "warn",
            all_of(level, one_of("skill_level", "5", "4"), one_of("assess_mode", "1")),
            also(sent("assess_mode", always("4")), sent("recognition_ground", always("1"))),
        ),
        rule(
            "letter_at_level",
            name,
            "cert_no",
            "CT011",
            "warn",
            all_of(level, one_of("skill_level", "1", "2")),
            also(
                sent("cert_no", texts("cert_no", lambda text: text[:15] + "T" + text[16:]), meant=True),
                cleared("skill_level"),
            ),
        ),
        rule(
            "reviewed_before_issue",
            name,
            "review_date",
            "CT012",
            "warn",
            permit,
            sent("review_date", days_after("issue_date", -40)),
        ),
        rule(
            "valid_too_long",
            name,
            "valid_until",
            "CT013",
            "warn",
            permit,
            sent("valid_until", days_after("issue_date", 4000)),
        ),
        rule("permit_without_end", name, "valid_until", "CT014", "warn", permit, cleared("valid_until")),
        rule(
            "certificate_without_level",
            name,
            "skill_level",
            "CT015",
            "warn",
            all_of(level, one_of("assess_mode", "1", "2", "3")),
            cleared("skill_level"),
        ),
        rule(
            "level_of_a_permit",
            name,
            "skill_level",
            "CT016",
            "warn",
            one_of("cert_type", "05", "06", "08"),
            sent("skill_level", always("3")),
        ),
        rule(
            "level_by_examination",
            name,
            "assess_mode",
            "CT017",
            "warn",
            all_of(level, one_of("assess_mode", "1")),
            sent("assess_mode", always("6")),
        ),
        rule(
            "assessed_against_number",
            name,
            "assess_mode",
            "CT018",
            "warn",
            all_of(level, one_of("assess_mode", "1")),
            sent("assess_mode", always("2")),
        ),
        rule(
            "words_for_a_number",
            name,
            "cert_no",
            "CT020",
            "warn",
            plain,
            sent("cert_no", texts("cert_no", lambda text: "待发" + re.sub("([0-9]{3})", r"\1-", text)), meant=True),
        ),
        rule(
            "identity_number_for_a_number",
            name,
            "cert_no",
            "CT021",
            "warn",
            plain,
            sent("cert_no", texts("id_no", str), meant=True),
        ),
        rule("certified_below_sixty", name, "theory_score", "CT022", "warn", level, sent("theory_score", always("43"))),
        rule("score_beyond_hundred", name, "theory_score", "CT023", "warn", level, sent("theory_score", always("850"))),
        rule(
            "ground_without_recognition",
            name,
            "recognition_ground",
            "CT024",
            "warn",
            all_of(level, one_of("assess_mode", "1")),
            sent("recognition_ground", always("1")),
        ),
        rule(
            "certified_twice",
            name,
            "cert_no",
            "CT027",
            "warn",
            first_of_a_level,
            shared(
                first_of_a_level,
                "person_name",
                "id_type",
                "id_no",
                "sex",
                "birth_date",
                "mobile",
                "occupation_code",
                "occupation_name",
                same=("skill_level",),
                unlike=("id_no",),
            ),
        ),
        fact(name, "cert_no", "required", cleared("cert_no"), plain),
        fact(name, "issue_date", "type", cell("issue_date", *IMPOSSIBLE), plain),
        fact(name, "cert_type", "listed", cell("cert_type", "荣誉证书"), plain),
        fact(name, "issuer_name", "required", cleared("issuer_name")),
        fact(
            name,
            "issuer_uscc",
            "checksum",
            sent("issuer_uscc", texts("issuer_uscc", other)),
            all_of(level, filled("issuer_uscc")),
        ),
        fact(
            name,
            "skill_level",
            "listed",
            cell("skill_level", "九级", "ZZ"),
            all_of(level, one_of("assess_mode", "1", "2", "3")),
        ),
        fact(name, "occupation_code", "listed", cell("occupation_code", "9-99-99-99")),
    ]
