"""Sums that rest on values which somebody still has to look at: with and without them, where they differ enough.

Which sums there are is said in `warehouse/metrics.yaml`, from what difference on both are shown in
`reference/policy.csv`. Ends at numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pages.gather.sources import Sources
from warehouse.vocabulary import policy
from warehouse.vocabulary.metric import UNWARNED, Metric, Metrics, metrics


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
    least = float(policy.value("warned_sum_difference", sources.as_of))
    known = metrics()
    return [told for metric in known.metrics for told in _of(sources, known, metric) if told.difference >= least]


def _of(sources: Sources, known: Metrics, metric: Metric) -> Iterator[WarnedSum]:
    if not metric.sums_values:
        return
    twin = known.of(f"{metric.name}{UNWARNED}")
    without = {_group(row, metric): row[twin.name] for row in _figures(sources, known, twin)}
    for row in _figures(sources, known, metric):
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


def _figures(sources: Sources, known: Metrics, metric: Metric) -> list[dict[str, Any]]:
    table = known.sources[metric.source].table
    return sources.rows(known.sql(metric).replace(f" from {table} ", f" from published.{table} ", 1))


def _group(row: dict[str, Any], metric: Metric) -> str | None:
    return "，".join(str(row[name]) for name in metric.each) or None
