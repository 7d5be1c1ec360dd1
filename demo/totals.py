"""The monthly totals that units report, counted from the rows they send, and the opening balance. Ends at rows."""

from __future__ import annotations

import numpy as np

from demo import identity
from demo.plan import JUSTICE_YEARLY, MONTH_WEIGHTS, Opening, drill_coverage
from demo.rows import Array, Rows, as_text, concat, either, rows
from demo.target_rows import counted
from warehouse.vocabulary import policy, target_rule
from warehouse.vocabulary.period import Period

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


def _add(counts: Counts, units: Array, months: Array, target: str, size: int) -> None:
    for unit in np.unique(units.astype(str)).tolist():
        here = np.bincount(months[units == unit], minlength=size).astype(float)
        counts[unit, target] = counts.get((unit, target), np.zeros(size)) + here


def count(world: dict[str, Rows], months: list[Period]) -> Counts:
    """(unit, target) → rows per month that are rightly accepted, each in the period in whose file it stands."""
    place = {str(month): number for number, month in enumerate(months)}
    counts: Counts = {}
    for counting in counted(world, months[-1].end):
        sent = world[counting.dataset]
        mask = counting.mask & ~sent.held & (sent.version == 1)
        month = np.array([place[name] for name in sent.period[mask].tolist()], dtype=int)
        _add(counts, sent.unit[mask], month, counting.target_id, len(months))
    for unit in np.unique(world["training_record"].unit.astype(str)).tolist():
        counts.setdefault((unit, "T01"), np.zeros(len(months)))
    return counts


def _opening(counts: Counts, months: list[Period], scale: float) -> dict[tuple[str, str], float]:
    """January to October 2025, in proportion to what the months of the world show."""
    weights = np.array(MONTH_WEIGHTS)
    shown = sum(MONTH_WEIGHTS[month.start.month - 1] for month in months)
    share = weights[:10].sum() / shown
    pace = Opening().pace
    openings = {
        key: float(round(values.sum() * share * pace[key[1]])) for key, values in counts.items() if key[1] in pace
    }
    openings |= {key: float(value) for key, value in _COMPETITIONS_BEFORE.items()}
    openings["JUS", "T01"] = float(round(JUSTICE_YEARLY * weights[:10].sum() / 12 * scale))
    openings["TUF", "T15"] = float(round(drill_coverage(2025) * sum(_DRILL_BY_MONTH[:10])))
    return openings


def total_rows(world: dict[str, Rows], months: list[Period], scale: float, generator: np.random.Generator) -> Rows:
    """The rows of `aggregate_summary`: the opening balance of October 2025, then every month."""
    counts = count(world, months)
    size = len(months)
    of_year = [month.start.month - 1 for month in months]
    counts["JUS", "T01"] = np.round(np.array([MONTH_WEIGHTS[m] for m in of_year]) * JUSTICE_YEARLY / 12 * scale)
    counts["TUF", "T15"] = np.array(
        [float(round(drill_coverage(month.start.year) * _DRILL_BY_MONTH[month.start.month - 1])) for month in months]
    )
    counts |= {(unit, metric): np.full(size, float(value)) for unit, (metric, _, value) in _STATEMENTS.items()}
    opening = _opening(counts, months, scale)
    preparers = identity.names(generator, generator.random(64) < 0.4)
    units = {metric: unit for metric, unit, _ in _STATEMENTS.values()}
    first = policy.value("opening_balance_period", months[-1].end)

    parts: list[Rows] = []
    years = np.array([month.start.year for month in months])
    for number, ((unit, metric), values) in enumerate(sorted(counts.items())):
        before = opening.get((unit, metric), 0.0)
        running = np.array([values[: n + 1][years[: n + 1] == years[n]].sum() for n in range(size)])
        year_to_date = running + either(years == 2025, before, 0.0)
        names = [first, *(str(month) for month in months)]
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
                    "unit": units.get(metric) or target_rule.unit(metric),
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
                    "unit": target_rule.unit("T10"),
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
