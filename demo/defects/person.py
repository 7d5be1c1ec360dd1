"""Defects of identity numbers and names, the same in every dataset about persons. Ends at a list."""

from __future__ import annotations

import numpy as np

from demo.defect import (
    Change,
    Defect,
    Where,
    also,
    always,
    born_in,
    cell,
    checked,
    cleared,
    days_after,
    everywhere,
    fact,
    not_first_award,
    one_of,
    other,
    resident,
    rule,
    sent,
    shared,
    texts,
)


def person(dataset: str) -> list[Defect]:
    """What may be wrong with identity numbers and names, in every dataset about persons."""

    def holds(name: str, code: str, where: Where, change: Change, field: str = "id_no") -> Defect:
        return rule(name, dataset, field, code, "hold", where, change)

    def scientific(text: str) -> str:
        return f"{float(text[:17] + '0'):.14E}"

    defects = [
        holds(
            "id_as_number",
            "PN001",
            lambda p: (
                resident(p) & np.array([not str(text).endswith("X") for text in p.rows["id_no"].tolist()], dtype=bool)
            ),
            lambda p, index: p.rows.raw_column("id_no").__setitem__(index, texts("id_no", scientific)(p, index)),
        ),
        holds("id_too_short", "PN002", resident, sent("id_no", texts("id_no", lambda text: text[:16]))),
        holds("id_checksum", "PN003", resident, sent("id_no", texts("id_no", lambda text: other(text, "0123456789X")))),
        holds(
            "id_impossible_birth",
            "PN004",
            resident,
            also(
                sent("id_no", texts("id_no", lambda text: checked(text[:10] + "0231" + text[14:17]))),
                cleared("birth_date"),
            ),
        ),
        holds(
            "id_unknown_address",
            "PN005",
            resident,
            sent("id_no", texts("id_no", lambda text: checked("999" + text[3:17]))),
        ),
        holds(
            "residence_permit_form",
            "PN007",
            one_of("id_type", "04"),
            sent("id_no", texts("id_no", lambda text: checked("84" + text[2:17]))),
        ),
        holds(
            "hong_kong_permit_form",
            "PN008",
            one_of("id_type", "02"),
            sent("id_no", texts("id_no", lambda text: text[:6])),
        ),
        holds(
            "taiwan_permit_form", "PN009", one_of("id_type", "03"), sent("id_no", texts("id_no", lambda text: text[:7]))
        ),
        holds("passport_form", "PN010", one_of("id_type", "05"), sent("id_no", texts("id_no", lambda text: text[:3]))),
        holds(
            "permanent_residence_checksum",
            "PN011",
            one_of("id_type", "06"),
            sent("id_no", texts("id_no", lambda text: other(text, "0123456789X"))),
        ),
        holds(
            "sex_against_id",
            "PN012",
            lambda p: resident(p) & p.filled("sex"),
            sent("sex", texts("sex", lambda text: "2" if text == "1" else "1")),
            "sex",
        ),
        holds(
            "birth_against_id",
            "PN013",
            lambda p: resident(p) & p.filled("birth_date"),
            sent("birth_date", days_after("birth_date", 2)),
            "birth_date",
        ),
        rule(
            "digit_in_name",
            dataset,
            "person_name",
            "PN014",
            "warn",
            everywhere,
            sent("person_name", texts("person_name", lambda text: text + "2")),
        ),
        rule(
            "placeholder_name",
            dataset,
            "person_name",
            "PN015",
            "warn",
            everywhere,
            cell("person_name", "张三", "李四", "测试"),
        ),
        rule(
            "lost_character_in_name",
            dataset,
            "person_name",
            "PN016",
            "warn",
            everywhere,
            sent("person_name", texts("person_name", lambda text: text[0] + "\ue5e5")),
        ),
        rule(
            "phone_of_five",
            dataset,
            "mobile",
            "PN023",
            "warn",
            lambda p: p.filled("mobile"),
            shared(lambda p: p.filled("mobile"), "mobile", rows=4, unlike=("id_no",)),
        ),
        fact(dataset, "id_no", "required", cleared("id_no"), resident),
        fact(dataset, "person_name", "required", cleared("person_name"), not_first_award),
        fact(dataset, "mobile", "format", cell("mobile", "1380013", "8888", "138001380000")),
        fact(dataset, "id_type", "listed", cell("id_type", "驾驶证", "学生证"), resident),
    ]
    if dataset == "training_record":
        defects += [
            rule(
                "fifteen_digit_id",
                dataset,
                "id_no",
                "PN006",
                "warn",
                lambda p: resident(p) & born_in(p, 1960, 1999),
                sent("id_no", texts("id_no", lambda text: text[:6] + text[8:17])),
            ),
            rule(
                "child",
                dataset,
                "birth_date",
                "PN017",
                "warn",
                lambda p: resident(p) & p.filled("birth_date"),
                also(
                    sent("id_no", texts("id_no", lambda text: checked("44030520150317" + text[14:17])), meant=True),
                    sent("birth_date", always(np.datetime64("2015-03-17")), meant=True),
                ),
            ),
            rule(
                "young_at_fifty",
                dataset,
                "person_category",
                "PN020",
                "warn",
                lambda p: resident(p) & born_in(p, 1960, 1985) & p.equal("person_category", "02", "07"),
                sent("person_category", always("08"), meant=True),
            ),
            rule(
                "school_leaver_at_forty",
                dataset,
                "person_category",
                "PN021",
                "warn",
                lambda p: resident(p) & born_in(p, 1960, 1995) & p.equal("person_category", "02", "07"),
                sent("person_category", always("13"), meant=True),
            ),
            rule(
                "address_retired_before_birth",
                dataset,
                "id_no",
                "PN018",
                "warn",
                lambda p: resident(p) & born_in(p, 1995, 2010),
                sent("id_no", texts("id_no", lambda text: checked("440321" + text[6:17])), meant=True),
            ),
        ]
    return defects
