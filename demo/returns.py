"""Returns about enterprises, occupations and cases: coverage, forecasts, wages, enforcement, follow-ups.

Not here: what is wrong with them (`defects/returns.py`), the monthly totals (`totals.py`). Ends at the rows of five
datasets.
"""

from __future__ import annotations

import numpy as np

from demo.institutions import Employers, Institutions
from demo.people import People
from demo.rows import Array, Rows, as_text, concat, either, rows
from demo.senders import department_of, newcomers, owes
from demo.streams import apart
from demo.training import Classes, Participations, clusters
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

# Department, coverage kind, hazard, first and last place among the employers: nobody is reported twice for a kind.
COVERED = (
    ("EMB", "1", "1", 0, 90),
    ("EMB", "1", "3", 90, 120),
    ("EMB", "1", "8", 120, 150),
    ("EMB", "1", "9", 150, 185),
    ("HCD", "1", "5", 185, 520),
    ("TRA", "1", "6", 520, 640),
    ("IIT", "2", None, 640, 760),
    ("IIT", "4", None, 760, 820),
    ("SAC", "2", None, 0, 60),
    ("SAC", "3", None, 0, 40),
    ("SAC", "4", None, 0, 45),
    ("HRSS", "3", None, 820, 930),
)
INDUSTRIES = {"5": "E47", "6": "G54", "8": "D45", "9": "D44"}
"""The industry of a hazard, where it has one."""
_FORECASTS = {
    "HRSS": ("02", "04", "08"),
    "STI": ("02", "03"),
    "IIT": ("02", "03", "04"),
    "CAB": ("06",),
    "HCD": ("04",),
    "TRA": ("05",),
    "COM": ("05", "06"),
    "CTS": ("05",),
    "HEA": ("06",),
    "EMB": ("08",),
}
_OF_CLUSTERS = ("STI", "IIT")
"""The departments that forecast for the industry clusters."""
_CASES = {"HRSS": 4, "FIN": 1, "HCD": 2, "EMB": 2}
_WAGES = ("HRSS",)
_WAGE_STEPS = {"5": 0, "4": 12_000, "3": 30_000}
_HIGHER_WAGE_STEPS = {"2": 52_000, "1": 80_000, "T": 110_000, "S": 150_000, "X": -9_000}
"""Yuan a year above the fifth level."""
_WAGE_INDUSTRIES = {
    "02": "C39",
    "03": "I65",
    "04": "E47",
    "05": "H61",
    "06": "O80",
    "07": "A01",
    "08": "C26",
    "10": "L72",
}
"""The industry in which the occupations of a special action mostly work."""
_FOLLOWED_TYPES = ("01", "03", "09")
"""Training for work and for founders: what becomes of others is not asked."""
_FOLLOWED_SHARE, _SELDOM_SHARE = 0.94, 0.55
_SELDOM_FOLLOWED = ("MIB",)
"""The department that follows too few of its graduates for a rate."""
_AT_WORK, _FEWER_AT_WORK, _FEWER_AT_WORK_EVERY = 0.93, 0.64, 12
"""Of a class, how many are at work; every so many institutions find work for fewer, and still for most (OF007)."""
_FOUNDING = {3: (0.20, 1.0), 6: (0.32, 0.93), 12: (0.36, 0.78), 24: (0.38, 0.61)}
"""Month of the check → which share of founders have started by then, and of those which still operates."""
# What a department gets that stands in none of these tables.
_NEWCOMERS_COVERED = 40
_NEWCOMERS_FORECAST = ("02",)
_NEWCOMERS_CASES = 1


def _covered() -> tuple[tuple[str, str, str | None, int, int], ...]:
    """`COVERED`, and the next enterprises for each newcomer."""
    last = max(last for *_, last in COVERED)
    return COVERED + tuple(
        (department, "2", None, last + place * _NEWCOMERS_COVERED, last + (place + 1) * _NEWCOMERS_COVERED)
        for place, department in enumerate(newcomers("enterprise_coverage"))
    )


def coverage_rows(generator: np.random.Generator, firms: Employers, periods: list[Period]) -> Rows:
    """Half-yearly: of the enterprises' workers, how many are trained; most have all, a few have not."""
    parts = []
    for period in periods:
        for department, kind, hazard, first, last in _covered():
            place = np.arange(first, last)
            employees = firms.employees[place].astype(float)
            share = either(generator.random(len(place)) < 0.72, 1.0, generator.uniform(0.82, 0.99, len(place)))
            newcomers = np.floor(employees * 0.12)
            parts.append(
                rows(
                    "enterprise_coverage",
                    department,
                    str(period),
                    {
                        "uscc": firms.uscc[place],
                        "employer_name": firms.name[place],
                        "report_date": np.datetime64(period.end),
                        "coverage_kind": kind,
                        "industry_code": INDUSTRIES.get(hazard or "", firms.industry[place]),
                        "hazard_type": hazard,
                        "employees": employees,
                        "covered": np.floor(employees * share),
                        "new_workers": newcomers,
                        "new_workers_covered": np.floor(newcomers * share),
                        "levels_adopted": "学徒工至首席技师" if kind == "2" else None,
                        "chief_tech": generator.integers(0, 4, len(place)) if kind == "2" else None,
                        "special_tech": generator.integers(0, 9, len(place)) if kind == "2" else None,
                    },
                )
            )
    return concat(parts)


def forecast_rows(generator: np.random.Generator, period: str) -> Rows:
    """The occupations of a department's field by level: stock, demand, the gap between them."""
    parts = []
    for department, actions in (_FORECASTS | dict.fromkeys(newcomers("demand_forecast"), _NEWCOMERS_FORECAST)).items():
        listed = [row for row in reference.table("plan_occupations") if row["special_action"] in actions]
        levels = as_text("543")
        code = as_text(row["code"] for row in listed for _ in range(3))
        stock = generator.integers(200, 9000, len(code)).astype(float)
        demand = stock + generator.integers(50, 4000, len(code))
        parts.append(
            rows(
                "demand_forecast",
                department,
                period,
                {
                    "report_year": float(period),
                    "dept": department,
                    "industry_cluster": np.resize(clusters(), len(code)) if department in _OF_CLUSTERS else None,
                    "occupation_code": code,
                    "occupation_name": as_text(row["occupation"] for row in listed for _ in range(3)),
                    "skill_level": np.tile(levels, len(listed)),
                    "current_stock": stock,
                    "demand": demand,
                    "gap": demand - stock,
                    "training_need": np.floor((demand - stock) * 0.8),
                    "is_urgent": (demand > stock * 1.5).astype(float),
                    "basis": "重点企业抽样调查",
                },
            )
        )
    return concat(parts)


def wage_rows(generator: np.random.Generator, period: str) -> Rows:
    """Yearly wages by industry, occupation and level, in fen, and those of each industry as a whole."""
    return concat([_wages(generator, department, period) for department in (*_WAGES, *newcomers("wage_guidance"))])


def _wages(generator: np.random.Generator, department: str, period: str) -> Rows:
    listed = reference.table("plan_occupations")
    lowest = generator.integers(60_000, 150_000, len(listed))
    sample = generator.integers(30, 900, len(listed) * len(_WAGE_STEPS))
    higher = apart(f"wage_guidance/{department}/{period}", generator)
    sections = as_text(row["code"] for row in reference.table("gbt4754_2017") if row["level"] == "section")
    of_industries = {
        "report_year": float(period),
        "industry_code": sections,
        **_quantiles(higher.integers(60_000, 180_000, len(sections))),
        "sample_size": higher.integers(200, 4000, len(sections)),
    }
    sample_higher = higher.integers(30, 900, len(listed) * len(_HIGHER_WAGE_STEPS))
    return concat(
        [
            rows("wage_guidance", department, period, _by_level(period, lowest, _WAGE_STEPS, sample)),
            rows("wage_guidance", department, period, _by_level(period, lowest, _HIGHER_WAGE_STEPS, sample_higher)),
            rows("wage_guidance", department, period, of_industries),
        ]
    )


def _by_level(period: str, lowest: Array, steps: dict[str, int], sample: Array) -> dict[str, object]:
    """Wages of every occupation at these levels, above the lowest one."""
    listed = reference.table("plan_occupations")
    times = len(steps)
    return {
        "report_year": float(period),
        "industry_code": np.repeat(as_text(_WAGE_INDUSTRIES[row["special_action"]] for row in listed), times),
        "occupation_code": np.repeat(as_text(row["code"] for row in listed), times),
        "occupation_name": np.repeat(as_text(row["occupation"] for row in listed), times),
        "skill_level": np.tile(as_text(steps), len(listed)),
        **_quantiles(np.repeat(lowest, times) + np.tile(list(steps.values()), len(listed))),
        "sample_size": sample,
    }


def _quantiles(middle: Array) -> dict[str, Array]:
    """In fen, of the middle one in yuan."""
    shares = (("p10", 0.62), ("p25", 0.8), ("p50", 1.0), ("p75", 1.3), ("p90", 1.7))
    return {name: np.round(middle * share) * 100.0 for name, share in shares}


def case_rows(
    generator: np.random.Generator, classes: Classes, institutions: Institutions, pool: People, months: list[Period]
) -> Rows:
    """Leads and cases in the month in which they were institutions."""
    providers = institutions.of_types(("1", "5", "15"))
    residents = np.flatnonzero(pool.id_type == "01")
    sizes = _CASES | dict.fromkeys(newcomers("enforcement_case"), _NEWCOMERS_CASES)
    parts = []
    serial = 0
    for month in months:
        for department, size in sizes.items():
            of_person = generator.random(size) < 0.3
            day = np.datetime64(month.start) + generator.integers(0, 20, size).astype("timedelta64[D]")
            closed = day + generator.integers(3, 60, size).astype("timedelta64[D]")
            is_closed = closed <= np.datetime64(month.end)
            amount = generator.integers(2, 90, size) * 100_000.0
            started = np.flatnonzero(classes.columns["start_date"] <= np.datetime64(month.end))
            parts.append(
                rows(
                    "enforcement_case",
                    department,
                    str(month),
                    {
                        "case_id": as_text(
                            f"XS-{department}-{month.start.year}-{number:04d}"
                            for number in range(serial + 1, serial + size + 1)
                        ),
                        "found_date": day,
                        "source": generator.choice(as_text("12345"), size),
                        "subject_type": either(of_person, "1", "2"),
                        "subject_id": either(
                            of_person,
                            pool.id_no[generator.choice(residents, size)],
                            institutions.uscc[generator.choice(providers, size)],
                        ),
                        "violation": generator.choice(as_text(("01", "03", "10", "11", "16", "17", "23", "24")), size),
                        "class_id": classes.columns["class_id"][generator.choice(started, size)]
                        if len(started)
                        else None,
                        "amount_involved": amount,
                        "amount_recovered": either(is_closed, amount, np.nan),
                        "disposal": either(is_closed, "1", None),
                        "transfer_judicial": 0.0,
                        "closed_date": either(is_closed, closed, np.datetime64("NaT")),
                    },
                )
            )
            serial += size
    return concat(parts)


def followup_rows(
    generator: np.random.Generator,
    classes: Classes,
    participations: Participations,
    pool: People,
    firms: Employers,
    months: list[Period],
) -> Rows:
    """What became of the graduates of employment and founders' training, as their units look after them.

    The classes of some institutions find work for fewer; founders start over the months and some close again.
    """
    starts = np.array([np.datetime64(month.start) for month in months])
    names = as_text(str(month) for month in months)
    of_class = participations.of_class
    kind = classes.columns["project_type"][of_class]
    # Where a district does not owe it, its department looks after the graduates of the district's classes.
    sender = either(owes(classes.unit, "outcome_followup"), classes.unit, department_of(classes.unit))
    of_sender = owes(sender, "outcome_followup")[of_class]
    seldom = np.isin(department_of(classes.unit), _SELDOM_FOLLOWED)[of_class]
    share = either(seldom, _SELDOM_SHARE, _FOLLOWED_SHARE)
    followed = participations.completed & of_sender & np.isin(kind, _FOLLOWED_TYPES)
    followed &= generator.random(len(of_class)) < share
    turn, closing = generator.random(len(of_class)), generator.random(len(of_class))
    ended = np.searchsorted(starts, participations.completion, "right") - 1
    place_in_class = _rank_in_class(generator, of_class)
    size = np.bincount(of_class, minlength=len(classes))[of_class]
    parts = []
    for after, (starting, operating) in _FOUNDING.items():
        place = np.flatnonzero(followed & (ended + after < len(months)))
        month = ended[place] + after
        founded = (kind[place] == "03") & (turn[place] < starting)
        settled = place_in_class[place] < _working_share(classes)[of_class[place]] * size[place]
        person = participations.person[place]
        employed = (settled & ~founded).astype(float)
        parts.append(
            rows(
                "outcome_followup",
                sender[of_class[place]],
                names[month],
                {
                    "person_name": pool.name[person],
                    "id_type": pool.id_type[person],
                    "id_no": pool.id_no[person],
                    "class_id": classes.columns["class_id"][of_class[place]],
                    "check_month": float(after),
                    "check_date": starts[month] + generator.integers(0, 25, len(place)).astype("timedelta64[D]"),
                    "is_employed": employed,
                    "has_started_business": founded.astype(float),
                    "employer_uscc": _where_employed(firms, employed, generator),
                    "is_still_operating": either(founded, (closing[place] < operating).astype(float), np.nan),
                    "source": generator.choice(as_text("123"), len(place)),
                },
            )
        )
    return concat(parts)


def _rank_in_class(generator: np.random.Generator, of_class: Array) -> Array:
    """The places of a class's participants in an order of chance, from nought."""
    order = np.lexsort((generator.random(len(of_class)), of_class))
    rank = np.empty(len(of_class), dtype=int)
    first = np.searchsorted(of_class[order], of_class[order], "left")
    rank[order] = np.arange(len(of_class)) - first
    return rank


def _working_share(classes: Classes) -> Array:
    """Of each class, which share is at work."""
    institutions, number = np.unique(classes.columns["org_uscc"].astype(str), return_inverse=True)
    return either(number % _FEWER_AT_WORK_EVERY == 0, _FEWER_AT_WORK, _AT_WORK) if len(institutions) else number


def _where_employed(firms: Employers, employed: Array, generator: np.random.Generator) -> Array:
    firm = generator.integers(0, len(firms.uscc), len(employed))
    return either(employed == 1, firms.uscc[firm], None)
