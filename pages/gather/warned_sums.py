"""Sums that rest on values which somebody still has to look at: with and without them, where they differ enough.

Which sums there are is said in `warehouse/metrics.yaml`, from what difference on both are shown in
`reference/policy.csv`. Ends at numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pages.gather.sources import Sources
from warehouse.vocabulary import policy
from warehouse.vocabulary.metric import UNWARNED, Metric, metrics

Ask = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class WarnedSum:
    """`group`: the year of a figure that is of one; null: of all that was reported. `unwarned`: null where every value
    is open to doubt."""

    name: str
    title: str
    unit: str
    group: str | None
    total: float
    unwarned: float | None

    @property
    def difference(self) -> float:
        """As a share of the sum."""
        return abs(self.total - (self.unwarned or 0)) / abs(self.total) if self.total else 0


def warned_sums(sources: Sources) -> list[WarnedSum]:
    """Of the current publication, in the order of the metrics."""
    return asked(sources.rows, sources.as_of, "published.")


def asked(ask: Ask, as_of: dt.date, marts: str = "") -> list[WarnedSum]:
    """`ask`: gives the rows of a query; `marts`: what stands before the name of a mart."""
    least = float(policy.value("warned_sum_difference", as_of))
    summed = [metric for metric in metrics().metrics if metric.sums_values]
    return [told for metric in summed for told in _of(ask, metric, marts) if told.difference >= least]


def _of(ask: Ask, metric: Metric, marts: str) -> Iterator[WarnedSum]:
    twin = metrics().of(f"{metric.name}{UNWARNED}")
    without = {_group(row, metric): row[twin.name] for row in ask(_figures(twin, marts))}
    for row in ask(_figures(metric, marts)):
        if row[metric.name]:
            group, unwarned = _group(row, metric), without.get(_group(row, metric))
            yield WarnedSum(
                metric.name,
                metric.zh,
                metric.unit,
                group,
                float(row[metric.name]),
                None if unwarned is None else float(unwarned),
            )


def _figures(metric: Metric, marts: str) -> str:
    table = metrics().sources[metric.source].table
    return metrics().sql(metric).replace(f" from {table} ", f" from {marts}{table} ", 1)


def _group(row: dict[str, Any], metric: Metric) -> str | None:
    return "，".join(str(row[name]) for name in metric.each) or None
