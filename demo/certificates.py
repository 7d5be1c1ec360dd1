"""Certificates: of those who completed a class, and of students, self-learners and enterprises' workers.

Here: who gets which certificate when, and its number. Not here: how many are issued in a year (`plan.py`), what is
wrong with them (`defects/certificate.py`). Ends at the rows of `certificate`.
"""

from __future__ import annotations

import numpy as np

from demo import identity
from demo.institutions import Institutions
from demo.people import People
from demo.plan import CERTIFIED_SHARE, CERTIFIERS, MONTH_WEIGHTS
from demo.rows import Array, Rows, as_text, either, is_blank, rows, stacked
from demo.senders import reporting
from demo.training import Classes, Participations
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

_YEARS_VALID = {"04": 6, "06": 2, "08": 3}
_OFFICES = {
    "01": "深圳市职业技能鉴定指导办公室",
    "04": "深圳市应急管理局",
    "05": "深圳市住房和建设局",
    "06": "深圳市住房和建设局",
    "08": "深圳市应急管理局",
    "10": "职业技能等级证书试点院校",
    "11": "深圳市人力资源和社会保障局",
    "12": "深圳市文化广电旅游体育局",
}


def _month_of(day: Array, months: list[Period]) -> Array:
    return np.searchsorted(np.array([np.datetime64(month.start) for month in months]), day, "right") - 1


def _from_classes(
    generator: np.random.Generator, classes: Classes, participations: Participations, pool: People, months: list[Period]
) -> dict[str, Array]:
    """Type 02 for classes with a level, 04 for special operations, 11 for start-up training."""
    last = np.datetime64(months[-1].end)
    level = classes.columns["skill_level"][participations.of_class]
    program = classes.columns["programs"][participations.of_class]
    kind = either(~is_blank(level), "02", either(program == "08", "04", either(program == "11", "11", None)))
    issue = participations.completion + generator.integers(3, 26, len(level)).astype("timedelta64[D]")
    issue[kind == "04"] = participations.completion[kind == "04"]
    chosen = (
        participations.completed & (generator.random(len(level)) < CERTIFIED_SHARE) & ~is_blank(kind) & (issue <= last)
    )
    chosen &= (kind != "04") | (
        (pool.id_type[participations.person] == "01") & (classes.unit == "EMB")[participations.of_class]
    )
    place = np.flatnonzero(chosen)
    cards = place[kind[place] == "04"]
    _, first = np.unique(participations.person[cards], return_index=True)
    place = np.sort(np.concatenate([place[kind[place] != "04"], cards[first]]))
    of_class = participations.of_class[place]
    mode = either(kind[place] == "02", either(classes.columns["project_type"][of_class] == "05", "2", "1"), None)
    return {
        "participation": place,
        "person": participations.person[place],
        "unit": reporting(classes.unit[of_class], "certificate"),
        "cert_type": kind[place],
        "occupation_code": classes.columns["occupation_code"][of_class],
        "occupation_name": classes.columns["occupation_name"][of_class],
        "skill_level": level[place],
        "issue_date": issue[place],
        "class_id": classes.columns["class_id"][of_class],
        "assess_mode": mode,
        "issuer_type": either(kind[place] == "02", either(mode == "2", "8", "7"), None),
    }


def _without_class(
    generator: np.random.Generator, pool: People, months: list[Period], scale: float
) -> dict[str, Array]:
    codes = {name: code for code, name in reference.codes("occupations_2022").items()}
    parts: list[dict[str, Array]] = []
    for certifier in CERTIFIERS:
        for month in months:
            size = round(certifier.yearly / 12 * MONTH_WEIGHTS[month.start.month - 1] * scale)
            occupation = generator.choice(as_text(certifier.occupations), size)
            days = (month.end - month.start).days + 1
            parts.append(
                {
                    "participation": np.full(size, -1),
                    "person": generator.choice(len(pool), size, replace=False),
                    "unit": np.full(size, certifier.department, dtype=object),
                    "cert_type": np.full(size, certifier.cert_type, dtype=object),
                    "occupation_code": as_text(codes[name] for name in occupation.tolist()),
                    "occupation_name": occupation,
                    "skill_level": generator.choice(as_text(certifier.levels or (None,)), size),
                    "issue_date": np.datetime64(month.start)
                    + generator.integers(0, days, size).astype("timedelta64[D]"),
                    "class_id": np.full(size, None, dtype=object),
                    "assess_mode": np.full(size, certifier.mode, dtype=object),
                    "issuer_type": np.full(
                        size, certifier.issuer_types[0] if certifier.cert_type == "02" else None, dtype=object
                    ),
                }
            )
    return stacked(parts)


def certificate_rows(
    generator: np.random.Generator,
    classes: Classes,
    participations: Participations,
    pool: People,
    institutions: Institutions,
    months: list[Period],
    scale: float,
) -> tuple[Rows, Array]:
    """The rows of `certificate`, each in the month of its issue, and for each the place of its participation or -1."""
    first, second = (
        _from_classes(generator, classes, participations, pool, months),
        _without_class(generator, pool, months, scale),
    )
    all_of = stacked([first, second])
    order = np.argsort(all_of["issue_date"], kind="stable")
    all_of = {name: values[order] for name, values in all_of.items()}
    size = len(order)
    kind, issue, person = all_of["cert_type"], all_of["issue_date"], all_of["person"]
    year = issue.astype("datetime64[Y]").astype(int) + 1970
    issuer = np.full(size, -1)
    for wanted in ("7", "8"):
        here = all_of["issuer_type"] == wanted
        issuer[here] = generator.choice(institutions.of_types((wanted,)), int(here.sum()))
    offices = dict(
        zip(_OFFICES, identity.credit_codes(generator, "11", np.full(len(_OFFICES), 440304)).tolist(), strict=True)
    )
    cert_no = _numbers(kind, year, all_of["skill_level"], institutions.cert_org_code[issuer], pool.id_no[person])
    years_valid = np.array([_YEARS_VALID.get(code, 0) for code in kind.tolist()], dtype=int)
    valid_until = (issue.astype("datetime64[Y]") + years_valid).astype("datetime64[D]") + (
        issue - issue.astype("datetime64[Y]").astype("datetime64[D]")
    )
    has_marks = np.isin(kind, ["01", "02"])
    mark = as_text(str(value) for value in generator.integers(60, 99, size).tolist())
    names = as_text(str(month) for month in months)
    made_rows = rows(
        "certificate",
        all_of["unit"],
        names[_month_of(issue, months)],
        pool.who(person)
        | {
            "cert_type": kind,
            "cert_no": cert_no,
            "occupation_code": all_of["occupation_code"],
            "occupation_name": all_of["occupation_name"],
            "skill_level": all_of["skill_level"],
            "issuer_name": either(
                issuer >= 0, institutions.name[issuer], as_text(_OFFICES.get(code) for code in kind.tolist())
            ),
            "issuer_uscc": either(
                issuer >= 0, institutions.uscc[issuer], as_text(offices.get(code) for code in kind.tolist())
            ),
            "issue_date": issue,
            "valid_until": either(years_valid > 0, valid_until, np.datetime64("NaT")),
            "theory_score": either(has_marks, mark, None),
            "practice_score": either(has_marks, mark[::-1], None),
            "class_id": all_of["class_id"],
            "assess_mode": all_of["assess_mode"],
            "recognition_ground": either(all_of["assess_mode"] == "4", generator.choice(as_text("123"), size), None),
            "status": either(generator.random(size) < 0.004, "3", "1"),
        },
    )
    return made_rows, all_of["participation"]


def _numbers(kind: Array, year: Array, level: Array, prefix: Array, id_no: Array) -> Array:
    """Certificate numbers: 22 characters for type 02 (issuer, year, level, serial), T + identity number for 04."""
    taken: dict[str, int] = {}
    numbers = []
    for code, y, grade, issuer, holder in zip(
        kind.tolist(), year.tolist(), level.tolist(), prefix.tolist(), id_no.tolist(), strict=True
    ):
        short = y % 100
        stem = {
            "01": f"{short}44031001{grade}",
            "02": f"{issuer}{short}{grade}",
            "04": f"T{holder}",
            "05": f"SZSG{y}",
            "06": f"粤B01{y}",
            "08": f"粤安C{y}",
            "10": f"1X{y}4403",
            "11": f"CY{y}4403",
            "12": f"DY{y}440300",
        }[code]
        if code == "04":
            numbers.append(stem)
            continue
        taken[stem] = taken.get(stem, 0) + 1
        numbers.append(f"{stem}{taken[stem]:0{5 if code == '01' else 6}d}")
    return as_text(numbers)
