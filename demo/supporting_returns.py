"""What supports the training: standards of subsidies, budgets, labour costs, courses, publicity.

All of it is optional, and small. Not here: what is wrong with it (`defects/supporting.py`). Ends at the rows of five
datasets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.rows import Array, Rows, as_text, concat, either, rows
from demo.senders import units
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

STANDARD_FEN = {"1": 300_000.0, "2": 250_000.0, "3": 200_000.0, "4": 150_000.0, "5": 100_000.0, None: 60_000.0}
"""By level, a person; null for what has no level."""
_PAID = ("01", "02", "03", "04")
UNPAID = "05"
"""A subsidy that has standards and that nobody in the demo is paid."""
_UPLIFT, _FAVOURED = 1.2, "04"
_SHORTAGE_UPLIFT = 1.3
_SPENDERS = ("HRSS", "EDU", "HCD", "COM", "EMB", "TUF")
_USES = ("1", "2", "3", "6", "7")
_SPENT_BY_QUARTER = (0.15, 0.4, 0.65, 0.95)
_COURSES, _PIECES = 18, 24
_COURSE_NAMES = ("线上课程", "实训课程", "混合课程", "教程", "资源库", "专项职业能力")
_PIECE_NAMES = ("政策解读", "推送", "成果宣传", "技能成果展示基地", "工匠活动周", "培训品牌")
_DOCUMENT = "深人社规〔2023〕8号"


@dataclass(frozen=True)
class _Standard:
    """What one subsidy pays by level from a day on: a share of `STANDARD_FEN`."""

    kind: str
    share: float
    from_date: str = "2023-01-01"
    to_date: str = "NaT"
    category: str | None = None
    occupation: str | None = None


def standard_rows(halves: list[Period]) -> Rows:
    """The standards in force when reporting begins, and later those of an occupation in short supply."""
    told = [(halves[0], _Standard(kind, 1.0)) for kind in _PAID]
    told += [
        (halves[0], _Standard(_PAID[0], _UPLIFT, category=_FAVOURED)),
        (halves[0], _Standard(UNPAID, 0.5, to_date="2025-12-31")),
        (halves[0], _Standard(UNPAID, 0.6, from_date="2026-01-01")),
    ]
    trained = {row["code"] for row in reference.table("plan_occupations")}
    others = [code for code in reference.codes("occupations_2022") if code not in trained]
    told += [
        (half, _Standard(_PAID[0], _SHORTAGE_UPLIFT, str(half.start), occupation=code))
        for half, code in zip(halves[1:], others, strict=False)
    ]
    return concat([_standards(unit, half, standard) for half, standard in told for unit in units("subsidy_standard")])


def _standards(unit: str, half: Period, standard: _Standard) -> Rows:
    """One for each level; what is of an occupation has one."""
    levels = [level for level in STANDARD_FEN if level or not standard.occupation]
    return rows(
        "subsidy_standard",
        unit,
        str(half),
        {
            "subsidy_type": standard.kind,
            "occupation_code": standard.occupation,
            "skill_level": as_text(levels),
            "person_category": standard.category,
            "amount": np.round([STANDARD_FEN[level] * standard.share for level in levels]),
            "document": _DOCUMENT,
            "from_date": np.datetime64(standard.from_date),
            "to_date": np.datetime64(standard.to_date),
        },
    )


def budget_rows(generator: np.random.Generator, quarters: list[Period]) -> Rows:
    """Each quarter what was spent of the year's budget so far, by department, funding source and use."""
    sources = ("01", "04", "05")
    spender, source, use = np.meshgrid(as_text(_SPENDERS), as_text(sources), as_text(_USES), indexing="ij")
    parts = []
    for year in sorted({quarter.start.year for quarter in quarters}):
        budget = np.round(generator.uniform(30, 900, spender.size)) * 1_000_000
        pace = generator.uniform(0.8, 1.0, spender.size)
        for quarter in [quarter for quarter in quarters if quarter.start.year == year]:
            spent = budget * pace * _SPENT_BY_QUARTER[(quarter.start.month - 1) // 3]
            parts += [
                rows(
                    "budget",
                    unit,
                    str(quarter),
                    {
                        "year": float(year),
                        "budget_dept": spender.ravel(),
                        "funding_source": source.ravel(),
                        "budget_use": use.ravel(),
                        "budget_amount": budget,
                        "spent_amount": np.round(spent / 100) * 100,
                    },
                )
                for unit in units("budget")
            ]
    return concat(parts)


def labour_cost_rows(generator: np.random.Generator, years: tuple[str, ...]) -> Rows:
    """Each year what labour costs in every industry."""
    divisions = as_text(row["code"] for row in reference.table("gbt4754_2017") if row["level"] == "division")
    size = len(divisions)
    parts = []
    for year in years:
        for unit in units("labour_cost"):
            enterprises = generator.integers(12, 180, size)
            parts.append(
                rows(
                    "labour_cost",
                    unit,
                    year,
                    {
                        "report_year": float(year),
                        "industry_code": divisions,
                        "cost_per_capita": np.round(generator.uniform(80_000, 320_000, size)) * 100,
                        "wage_share": np.round(generator.uniform(0.62, 0.84, size), 4),
                        "cost_to_revenue": np.round(generator.uniform(0.06, 0.38, size), 4),
                        "cost_profit": np.round(generator.uniform(0.05, 0.9, size), 4),
                        "sample_enterprises": enterprises,
                        "sample_size": enterprises * generator.integers(20, 90, size),
                    },
                )
            )
    return concat(parts)


def course_rows(generator: np.random.Generator, halves: list[Period]) -> Rows:
    """Each half-year the courses, textbooks and projects that were published in it."""
    listed = reference.table("plan_occupations")
    parts = []
    for half in halves:
        for unit in units("course"):
            kind = np.resize(as_text("123456"), _COURSES)
            place = generator.integers(0, len(listed), _COURSES)
            is_course = np.isin(kind, ["1", "2", "3"])
            names = [f"{listed[number]['occupation']}{what}" for number, what in _named(place, kind, _COURSE_NAMES)]
            parts.append(
                rows(
                    "course",
                    unit,
                    str(half),
                    {
                        "course_id": _serials(f"KC-{unit}", half, _COURSES),
                        "course_name": as_text(names),
                        "course_kind": kind,
                        "special_action": as_text(listed[number]["special_action"] for number in place.tolist()),
                        "occupation_code": as_text(listed[number]["code"] for number in place.tolist()),
                        "developer_name": as_text(reference.codes("department")[unit] for _ in range(_COURSES)),
                        "course_hours": either(is_course, generator.integers(8, 120, _COURSES).astype(float), np.nan),
                        "published_date": _days(generator, half, _COURSES),
                        "document": either(kind == "6", f"深人社发〔{half.start.year}〕12号", None),
                        "status": "1",
                    },
                )
            )
    return concat(parts)


def publicity_rows(generator: np.random.Generator, quarters: list[Period]) -> Rows:
    """Each quarter what was published and shown in it."""
    parts = []
    for quarter in quarters:
        for unit in units("publicity"):
            kind = np.resize(as_text("1222323456"), _PIECES)
            is_published = np.isin(kind, ["1", "2", "3"])
            start = _days(generator, quarter, _PIECES)
            names = [
                f"{quarter.title}{what}第{number + 1}项"
                for number, what in _named(np.arange(_PIECES), kind, _PIECE_NAMES)
            ]
            parts.append(
                rows(
                    "publicity",
                    unit,
                    str(quarter),
                    {
                        "activity_id": _serials(f"XC-{unit}", quarter, _PIECES),
                        "activity_name": as_text(names),
                        "publicity_kind": kind,
                        "start_date": start,
                        "end_date": either(kind == "5", start + np.timedelta64(6, "D"), np.datetime64("NaT")),
                        "channel": either(is_published, "微信公众号", None),
                        "piece_count": either(is_published, generator.integers(1, 15, _PIECES).astype(float), np.nan),
                        "audience_count": generator.integers(100, 40_000, _PIECES).astype(float),
                        "host_name": reference.codes("department")[unit],
                    },
                )
            )
    return concat(parts)


def _named(place: Array, kind: Array, names: tuple[str, ...]) -> list[tuple[int, str]]:
    """Of each place its number and the name of its kind."""
    return [(number, names[int(code) - 1]) for number, code in zip(place.tolist(), kind.tolist(), strict=True)]


def _serials(prefix: str, period: Period, size: int) -> Array:
    return as_text(f"{prefix}-{period}-{number:03d}" for number in range(1, size + 1))


def _days(generator: np.random.Generator, period: Period, size: int) -> Array:
    """Days of a period but its last week."""
    length = (period.end - period.start).days - 7
    return np.datetime64(period.start) + generator.integers(0, length, size).astype("timedelta64[D]")
