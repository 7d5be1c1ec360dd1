"""Competitions, awards and services to persons.

Here: the rows as they are meant. Not here: what is wrong with them (`defects/events.py`). Ends at the rows of three
datasets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.institutions import Institutions
from demo.people import YOUNG_FROM, People
from demo.plan import ADAPTIVE_SERVICES, COUNSELLINGS, DEGREE_SUPPORT_DOUBLES, DEGREE_SUPPORTS, GUIDANCE, MONTH_WEIGHTS
from demo.rows import Array, Rows, as_text, concat, either, rows
from demo.senders import newcomers
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

# Projects by department: level, series, and how many end in January … December.
_PROJECTS = (
    ("HRSS", "4", "1", (0, 0, 1, 2, 2, 3, 2, 2, 3, 2, 2, 1)),
    ("HRSS", "4", "0", (0, 0, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1)),
    ("HRSS", "5", "0", (0, 0, 1, 1, 1, 2, 1, 1, 2, 1, 1, 0)),
    ("TUF", "7", "1", (0, 0, 1, 3, 4, 4, 3, 3, 3, 2, 2, 1)),
    ("EDU", "5", "0", (0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0)),
    ("IIT", "5", "0", (0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0)),
    ("CTS", "5", "0", (0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0)),
    ("TRA", "7", "0", (0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0)),
    ("HEA", "5", "0", (0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0)),
    ("HCD", "7", "0", (0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0)),
    ("EMB", "7", "0", (0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0)),
)
_JOINTLY_HOSTED = 3
"""Of the city bureau's projects of the games every so many is hosted by the trade unions, who are named first."""
_NEWCOMERS_PROJECTS = ("7", "0", (0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1))
"""Projects of a department that is not among them."""
_NEWCOMERS_GUIDED = 12
"""Persons whom such a department guides each month."""
_SCHOOLS = ("深圳开放大学", "深圳职业技术大学", "国家开放大学", "广东开放大学", "深圳信息职业技术大学")
_AWARDS = (
    ("HRSS", "1", 10, 30_000_000),
    ("HRSS", "3", 62, 5_000_000),
    ("TUF", "2", 108, 2_000_000),
    ("SAC", "6", 7, None),
    ("SAC", "7", 4, None),
    ("HRSS", "4", 1, None),
    ("RRC", "8", 26, None),
)
_NEWCOMERS_AWARD = ("8", 6, None)
"""Award, persons and bonus of a department that is not among them."""


@dataclass(frozen=True)
class Service:
    """What persons get in a month, from whom, and the category under which it is reported."""

    unit: str
    month: Period
    kind: str
    category: str | Array


def competition_rows(generator: np.random.Generator, institutions: Institutions, months: list[Period]) -> Rows:
    """Projects in the month in which they are held, the month before as planned, and one or two cancelled."""
    occupations = [(row["code"], row["occupation"]) for row in reference.table("plan_occupations")]
    hosts = institutions.of_types(("2", "3", "5"))
    parts = []
    serial = 0
    of_newcomers = tuple((department, *_NEWCOMERS_PROJECTS) for department in newcomers("competition"))
    for department, level, series, counts in _PROJECTS + of_newcomers:
        for place, month in enumerate(months):
            size = counts[month.start.month - 1]
            if size == 0:
                continue
            chosen = [occupations[index] for index in generator.choice(len(occupations), size, replace=False).tolist()]
            start = np.datetime64(month.start) + generator.integers(0, 20, size).astype("timedelta64[D]")
            joined = generator.integers(40, 400, size).astype(float)
            columns = {
                "comp_id": as_text(
                    f"JS-{department}-{month.start.year}-{number:03d}"
                    for number in range(serial + 1, serial + size + 1)
                ),
                "comp_name": f"深圳市第{month.start.year - 2010}届职工技术创新运动会暨深圳技能大赛"
                if series == "1"
                else f"{month.start.year}年深圳市职业技能竞赛",
                "project_name": as_text(f"{name}项目" for _, name in chosen),
                "comp_level": level,
                "status": "2",
                "series": series,
                "host_unit": _hosts(department, series, serial + 1, size),
                "organizer_uscc": institutions.uscc[generator.choice(hosts, size)],
                "occupation_code": as_text(code for code, _ in chosen),
                "start_date": start,
                "end_date": start + generator.integers(0, 6, size).astype("timedelta64[D]"),
                "participants": joined,
                "drill_coverage": joined * generator.integers(20, 160, size),
                "certs_awarded": np.floor(joined * 0.1),
                "budget": generator.integers(8, 60, size) * 1_000_000.0,
            }
            parts.append(rows("competition", department, str(month), columns))
            if place > 0:
                planned = columns | {
                    "status": "1",
                    "participants": np.nan,
                    "drill_coverage": np.nan,
                    "certs_awarded": np.nan,
                }
                parts.append(rows("competition", department, str(months[place - 1]), planned))
            serial += size
    return concat(parts) if parts else rows("competition", as_text([]), as_text([]), {})


def _hosts(department: str, series: str, first: int, size: int) -> Array:
    """The department itself; of the games some are hosted together with the trade unions."""
    names = reference.codes("department")
    jointly = f"{names['TUF']}、{names[department]}"
    is_joint = department == "HRSS" and series == "1"
    return as_text(
        jointly if is_joint and number % _JOINTLY_HOSTED == 0 else names[department]
        for number in range(first, first + size)
    )


def award_rows(generator: np.random.Generator, pool: People, period: str) -> Rows:
    """The awards of one year, announced in December."""
    year = int(period)
    residents = np.flatnonzero(pool.id_type == "01")
    parts = []
    of_newcomers = tuple((department, *_NEWCOMERS_AWARD) for department in newcomers("talent_award"))
    for department, award, size, bonus in _AWARDS + of_newcomers:
        person = generator.choice(residents, size, replace=False)
        parts.append(
            rows(
                "talent_award",
                department,
                period,
                pool.who(person)
                | {
                    "award_name": award,
                    "award_year": float(year),
                    "award_date": np.datetime64(f"{year}-12-01")
                    + generator.integers(0, 28, size).astype("timedelta64[D]"),
                    "doc_no": f"深技〔{year}〕{int(award) + 20}号",
                    "employer_name": "深圳市鹏程智能装备有限公司",
                    "occupation_name": generator.choice(
                        as_text(("车工", "焊工", "电工", "模具工", "数字化管理师")), size
                    ),
                    "skill_level": generator.choice(as_text("123"), size),
                    "bonus": np.nan if bonus is None else float(bonus),
                    "status": "1",
                },
            )
        )
    return concat(parts)


def service_rows(
    generator: np.random.Generator, pool: People, months: list[Period], veterans: tuple[int, int], scale: float
) -> Rows:
    """Counselling, adaptive training and degree support, each in its month.

    Places below `veterans[0]` of the pool are for adaptive training only, so that nobody is counted there twice.
    """
    reserved, last_veteran = veterans
    parts = []
    adaptive = generator.permutation(reserved)
    used = 0
    for month in months:
        weight = MONTH_WEIGHTS[month.start.month - 1] / 12 * scale
        size = round(ADAPTIVE_SERVICES * weight)
        parts.append(_services(generator, pool, adaptive[used : used + size], Service("VET", month, "2", "09")))
        used += size
        counselled = generator.choice(np.arange(reserved, last_veteran), round(COUNSELLINGS * weight), replace=False)
        parts.append(_services(generator, pool, counselled, Service("VET", month, "1", "09")))
        guided = generator.choice(np.arange(last_veteran, len(pool)), round(GUIDANCE * weight), replace=False)
        parts.append(_guidance(generator, pool, guided, "VET", month))
        for department in newcomers("support_service"):
            guided = generator.choice(np.arange(last_veteran, len(pool)), _NEWCOMERS_GUIDED, replace=False)
            parts.append(_guidance(generator, pool, guided, department, month))
        degrees = {
            department: generator.choice(np.arange(last_veteran, len(pool)), round(size * weight), replace=False)
            for department, size in DEGREE_SUPPORTS.items()
        }
        for department, person in degrees.items():
            supports = _services(generator, pool, person, Service(department, month, "3", "07"))
            supports.columns["edu_level"][:] = generator.choice(as_text(("20", "30")), len(person))
            supports.columns["school"][:] = generator.choice(as_text(_SCHOOLS), len(person))
            supports.columns["enrol_year"][:] = float(month.start.year)
            supports.columns["support_amount"][:] = 100_000.0 + generator.integers(0, 5, len(person)) * 50_000.0
            parts.append(supports)
            if department == "TUF":
                double = supports.take(generator.random(len(person)) < DEGREE_SUPPORT_DOUBLES)
                double.unit[:] = "EDU"
                parts.append(double)
    return concat(parts)


def _guidance(generator: np.random.Generator, pool: People, person: Array, unit: str, month: Period) -> Rows:
    young = either(pool.birth[person] < YOUNG_FROM, "02", "08")
    return _services(generator, pool, person, Service(unit, month, "4", young))


def _services(generator: np.random.Generator, pool: People, person: Array, service: Service) -> Rows:
    days = (service.month.end - service.month.start).days + 1
    return rows(
        "support_service",
        service.unit,
        str(service.month),
        pool.who(person)
        | {
            "service_type": service.kind,
            "person_category": service.category,
            "service_date": np.datetime64(service.month.start)
            + generator.integers(0, days, len(person)).astype("timedelta64[D]"),
            "provider": "深圳市退役军人服务中心" if service.unit == "VET" else "圆梦计划工作办公室",
        },
    )
