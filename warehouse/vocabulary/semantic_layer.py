"""dbt's semantic models and metrics, made from the metrics file and the marts' contracts.

`python -m warehouse.vocabulary.semantic_layer` writes them; a test compares what is stored. A source's table becomes a
semantic model: its columns that lead to another table are entities, so that a tool reaches names by
`department__short_name`; its day is what `metric_time` stands for. What a metric is, the metrics file says; what dbt
makes of it is dbt's. Ends at the text of the file.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import yaml

from warehouse.vocabulary.mart import ForeignKey, Mart, marts
from warehouse.vocabulary.metric import Metric, Metrics, Source, aggregate, metrics
from warehouse.vocabulary.project import PROJECT

FILE = PROJECT / "dbt_project" / "models" / "semantic_layer.yml"
DAY = "event_day"
"""The time dimension of every source: the day that its rows are dated by."""
_HEAD = """\
# Made by python -m warehouse.vocabulary.semantic_layer from warehouse/metrics.yaml and the marts' contracts.
# Group by an entity (department), by what its table says (department__short_name), by a dimension
# (participation__skill_level) or by time (metric_time__month).
"""
_OF_TIME = ("year", "month")
"""Dimensions that tools take from the day by themselves."""
_PARTS = {"numerator": ("分子", "numerator"), "denominator": ("分母", "denominator")}
Entry = dict[str, Any]


def text() -> str:
    """The whole file."""
    known = metrics()
    models = [_source(name, source, known) for name, source in known.sources.items()]
    models += [_described(marts()[table]) for table in sorted(set(_entities()) - _measured(known))]
    entries = {"semantic_models": models, "metrics": [entry for metric in known.metrics for entry in _metric(metric)]}
    return _HEAD + yaml.dump(entries, allow_unicode=True, sort_keys=False, width=118)


def entity(table: str) -> str:
    """What the rows of a table are called; never as a dimension is, which is another thing: an award is a title."""
    name = table.partition("_")[2]
    return _entities().get(table) or (f"{name}_row" if name in metrics().dimensions else name)


@functools.cache
def _entities() -> dict[str, str]:
    """Table that a source's rows lead to → the entity: as the metrics file calls the dimension, else by the table."""
    known = metrics()
    entities: dict[str, str] = {}
    for source in known.sources.values():
        for link in _links(source):
            dimensions = [name for name, expression in source.dimensions.items() if expression == link.column]
            called = dimensions[0] if dimensions else link.table.partition("_")[2]
            if entities.setdefault(link.table, called) != called:
                raise ValueError(f"{link.table} is called {entities[link.table]} and {called}")
    return entities


def _links(source: Source) -> list[ForeignKey]:
    """The columns of a source that hold the key of another table under the key's own name; of two districts in a row
    the one that figures are told by."""
    return [
        link
        for link in marts()[source.table].foreign_keys
        if (link.field,) == marts()[link.table].primary_key and link.column == link.field
    ]


def _measured(known: Metrics) -> set[str]:
    return {source.table for source in known.sources.values()}


def _source(name: str, source: Source, known: Metrics) -> Entry:
    mart, links = marts()[source.table], _links(source)
    led = {link.column for link in links}
    categorical = [
        {
            "name": dimension,
            "type": "categorical",
            "expr": expression,
            "description": f"{known.dimensions[dimension].zh}。{known.dimensions[dimension].en}.",
        }
        for dimension, expression in source.dimensions.items()
        if dimension not in _OF_TIME and expression not in led
    ]
    day = {
        "name": DAY,
        "type": "time",
        "expr": source.date,
        "type_params": {"time_granularity": source.date_grain},
        "description": "这一行记在哪一天。Day that the row is dated by.",
    }
    return {
        **_head(mart),
        "defaults": {"agg_time_dimension": DAY},
        **_key(mart, [{"name": entity(link.table), "type": "foreign", "expr": link.column} for link in links]),
        "dimensions": [day, *categorical],
        "measures": [measure for metric in known.metrics if metric.source == name for measure in _measures(metric)],
    }


def _described(mart: Mart) -> Entry:
    """A table that rows lead to: its texts, codes and marks to group by. What they are, the model says."""
    columns = [
        name
        for name, kind in mart.columns.items()
        if name not in mart.primary_key and kind in ("varchar", "boolean", "integer")
    ]
    return {
        **_head(mart),
        **_key(mart, []),
        "dimensions": [{"name": name, "type": "categorical"} for name in columns],
    }


def _head(mart: Mart) -> Entry:
    return {"name": mart.name, "model": f"ref('{mart.name}')"}


def _key(mart: Mart, links: list[Entry]) -> Entry:
    """The entity that a row is; one with a key of several columns has a name alone."""
    if len(mart.primary_key) > 1:
        return {"primary_entity": entity(mart.name), "entities": links}
    return {"entities": [{"name": entity(mart.name), "type": "primary", "expr": mart.primary_key[0]}, *links]}


def _formulas(metric: Metric) -> Iterator[tuple[str, str]]:
    """Name → formula of the aggregates that a metric is made of."""
    if metric.total is not None:
        yield metric.name, metric.total
    for part in _PARTS:
        formula = getattr(metric, part)
        if formula is not None:
            yield f"{metric.name}_{part}", formula


def _measures(metric: Metric) -> Iterator[Entry]:
    for name, formula in _formulas(metric):
        parts = aggregate(formula)
        measure: Entry = {
            "name": name,
            "agg": "count_distinct" if parts.is_distinct else parts.function,
            "expr": parts.value(metric.rows),
        }
        if metric.is_stock:
            measure["non_additive_dimension"] = {"name": DAY, "window_choice": "max"}
        yield measure


def _metric(metric: Metric) -> Iterator[Entry]:
    """A metric, and for a share the two that it is made of."""
    if metric.total is not None:
        yield _entry(metric, "simple", {"measure": metric.name})
        return
    parts = {part: f"{metric.name}_{part}" for part in _PARTS}
    for part, name in parts.items():
        zh, en = _PARTS[part]
        yield {
            "name": name,
            "label": f"{metric.zh}（{zh}）",
            "description": f"{metric.zh}的{zh}。{metric.en}, {en}.",
            "type": "simple",
            "type_params": {"measure": name},
        }
    yield _entry(metric, "ratio", parts)


def _entry(metric: Metric, kind: str, parts: Entry) -> Entry:
    return {
        "name": metric.name,
        "label": metric.zh,
        "description": f"{metric.description_zh}{metric.description_en}",
        "type": kind,
        "type_params": parts,
        "config": {
            "meta": {
                "en": metric.en,
                "unit": metric.unit,
                "kind": metric.kind,
                "is_additive": metric.is_additive,
                "needs": list(metric.each),
            }
        },
    }


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
