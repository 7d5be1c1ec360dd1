"""The monthly totals that units report, counted from the rows they send, and the opening balance. Ends at rows."""

from __future__ import annotations

import numpy as np

from demo import identity
from demo.plan import DRILL_COVERAGE, JUSTICE_YEARLY, MONTH_WEIGHTS, Opening
from demo.rows import Array, Rows, as_text, concat, either, rows
from warehouse.vocabulary.period import Period

OPENING = "2025-10"
_PROGRAMS = {
    "T06": ("01",),
    "T07": ("02", "03"),
    "T08": ("04", "05"),
    "T09": ("06", "07"),
    "T11": ("08", "09"),
    "T12": ("10",),
}
_SERVICES = {"T03": "3", "T04": "1", "T05": "2"}
_HEADLINE_FUNDS = ("01", "02", "03", "04", "05", "06", "07")
_UNITS = {"T03": "人次", "T04": "人次", "T05": "名", "T10": "%", "T13": "项", "T14": "项", "T15": "人"}
_COMPETITIONS_BEFORE = {("HRSS", "T13"): 25, ("HRSS", "T14"): 16, ("TUF", "T14"): 19}
_DRILL_BY_MONTH = (0.0, 0.0, 0.03, 0.11, 0.14, 0.15, 0.11, 0.10, 0.12, 0.09, 0.09, 0.06)
# What the departments say about themselves without rows: metric, unit, value each month.
_STATEMENTS = {
    "DRC": ("Q02", "家", 3),
    "FIN": ("Q12", "项", 2),
    "SAC": ("Q05", "家", 4),
    "RRC": ("Q09", "家", 1),
    "IIT": ("Q03", "家", 5),
}
_COVERAGE_SHARE = {"EMB": 97.4, "HCD": 96.8}

Counts = dict[tuple[str, str], Array]


def _tagged(programs: str | None, action: str, funding: str, welfare: float, fee: float) -> list[str]:
    """The targets to which a completed participation of a class belongs."""
    tags = set((programs or "").split(";"))
    found = [target for target, listed in _PROGRAMS.items() if tags & set(listed)]
    if "10" in tags:
        found = [target for target in found if target not in ("T07", "T11")]
    if action == "06" and "T09" not in found:
        found.append("T09")
    if funding in _HEADLINE_FUNDS or (welfare == 1 and fee != 1 and funding not in ("08", "09")):
        found.append("T01")
    if "15" in tags:
        found.append("T05")
    return found


def _add(counts: Counts, units: Array, months: Array, target: str, size: int) -> None:
    for unit in np.unique(units.astype(str)).tolist():
        here = np.bincount(months[units == unit], minlength=size).astype(float)
        counts[unit, target] = counts.get((unit, target), np.zeros(size)) + here


def count(world: dict[str, Rows], months: list[Period]) -> Counts:
    """(unit, target) → rows per month that are rightly accepted, each in the period in whose file it stands."""
    names = [str(month) for month in months]
    place = {name: number for number, name in enumerate(names)}
    counts: Counts = {}

    classes = world["training_class"]
    known = classes.take(~classes.held)
    tags = {
        identifier: _tagged(*values)
        for identifier, *values in zip(
            *(
                known[name].tolist()
                for name in (
                    "class_id",
                    "programs",
                    "special_action",
                    "funding_source",
                    "is_public_welfare",
                    "fee_charged",
                )
            ),
            strict=True,
        )
    }
    records = world["training_record"]
    records = records.take(~records.held & (records["completed"] == 1) & (records.version == 1))
    month = np.array([place[name] for name in records.period.tolist()], dtype=int)
    tagged = [tags.get(identifier, []) for identifier in records["class_id"].tolist()]
    for target in ("T01", "T05", *_PROGRAMS):
        mask = np.array([target in found for found in tagged], dtype=bool)
        _add(counts, records.unit[mask], month[mask], target, len(months))
    for unit in np.unique(world["training_record"].unit.astype(str)).tolist():
        counts.setdefault((unit, "T01"), np.zeros(len(months)))

    certificates = world["certificate"]
    new = (
        ~certificates.held
        & np.isin(certificates["cert_type"], ["01", "02"])
        & np.isin(certificates["status"], ["1", "4"])
        & (certificates.version == 1)
    )
    certificates = certificates.take(new)
    month = np.array([place[name] for name in certificates.period.tolist()], dtype=int)
    _add(counts, certificates.unit, month, "T02", len(months))

    services = world["support_service"]
    for target, kind in _SERVICES.items():
        mask = ~services.held & (services["service_type"] == kind) & (services.version == 1)
        if target == "T04":
            mask &= services["person_category"] == "09"
        month = np.array([place[name] for name in services.period[mask].tolist()], dtype=int)
        _add(counts, services.unit[mask], month, target, len(months))

    projects = world["competition"]
    held = ~projects.held & (projects["status"] == "2")
    for target, mask in (
        ("T13", held & (projects["comp_level"] == "4") & (projects.unit == "HRSS")),
        ("T14", held & (projects["series"] == "1")),
    ):
        month = np.array([place[name] for name in projects.period[mask].tolist()], dtype=int)
        _add(counts, projects.unit[mask], month, target, len(months))
    return counts


def _opening(counts: Counts, months: list[Period], scale: float) -> dict[tuple[str, str], float]:
    """January to October 2025, in proportion to what the months of the world show."""
    weights = np.array(MONTH_WEIGHTS)
    shown = sum(MONTH_WEIGHTS[month.start.month - 1] for month in months)
    share = weights[:10].sum() / shown
    pace = Opening().pace
    made = {key: float(round(values.sum() * share * pace[key[1]])) for key, values in counts.items() if key[1] in pace}
    made |= {key: float(value) for key, value in _COMPETITIONS_BEFORE.items()}
    made["JUS", "T01"] = float(round(JUSTICE_YEARLY * weights[:10].sum() / 12 * scale))
    made["TUF", "T15"] = float(round(DRILL_COVERAGE[2025] * sum(_DRILL_BY_MONTH[:10])))
    return made


def total_rows(world: dict[str, Rows], months: list[Period], scale: float, generator: np.random.Generator) -> Rows:
    """The rows of `aggregate_summary`: the opening balance of October 2025, then every month."""
    counts = count(world, months)
    size = len(months)
    of_year = [month.start.month - 1 for month in months]
    counts["JUS", "T01"] = np.round(np.array([MONTH_WEIGHTS[m] for m in of_year]) * JUSTICE_YEARLY / 12 * scale)
    counts["TUF", "T15"] = np.array(
        [float(round(DRILL_COVERAGE[month.start.year] * _DRILL_BY_MONTH[month.start.month - 1])) for month in months]
    )
    counts |= {(unit, metric): np.full(size, float(value)) for unit, (metric, _, value) in _STATEMENTS.items()}
    opening = _opening(counts, months, scale)
    preparers = identity.names(generator, generator.random(64) < 0.4)
    units = {metric: unit for metric, unit, _ in _STATEMENTS.values()} | _UNITS

    parts: list[Rows] = []
    years = np.array([month.start.year for month in months])
    for number, ((unit, metric), values) in enumerate(sorted(counts.items())):
        before = opening.get((unit, metric), 0.0)
        running = np.array([values[: n + 1][years[: n + 1] == years[n]].sum() for n in range(size)])
        year_to_date = running + either(years == 2025, before, 0.0)
        names = [OPENING, *(str(month) for month in months)]
        department, _, district = unit.partition(".")
        parts.append(
            rows(
                "aggregate_summary",
                unit,
                as_text(names),
                {
                    "report_period": as_text(names),
                    "dept": department,
                    "district": district or None,
                    "metric_id": metric,
                    "value_period": np.concatenate([[0.0], values]),
                    "value_ytd": np.concatenate([[before], year_to_date]),
                    "value_cum": np.concatenate([[before], np.cumsum(values) + before]),
                    "unit": units.get(metric, "人次"),
                    "preparer": preparers[number % 40],
                    "reviewer": preparers[40 + number % 24],
                    "fill_date": _fill_dates(names),
                    "is_revision": 0.0,
                },
            )
        )
    for department, share in _COVERAGE_SHARE.items():
        names = [str(month) for month in months]
        parts.append(
            rows(
                "aggregate_summary",
                department,
                as_text(names),
                {
                    "report_period": as_text(names),
                    "dept": department,
                    "metric_id": "T10",
                    "value_period": share + np.arange(size) * 0.1,
                    "unit": "%",
                    "preparer": preparers[0],
                    "reviewer": preparers[41],
                    "fill_date": _fill_dates(names),
                    "is_revision": 0.0,
                },
            )
        )
    return concat(parts)


def _fill_dates(names: list[str]) -> Array:
    """Filled in on the fifth of the month after."""
    return (np.array(names, dtype="datetime64[M]") + 1).astype("datetime64[D]") + np.timedelta64(4, "D")
