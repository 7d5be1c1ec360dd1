"""The metrics file: figures with one name and one formula each, for BI tools and people.

The targets' figures are worked out by dbt. Ends at SQL; nothing is queried here.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.vocabulary.errors import OperatorError, nearest
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.project import PACKAGE

FILE = PACKAGE / "metrics.yaml"
UNWARNED = "_unwarned"
"""Ends the name of a sum's twin without the rows that carry an open warning."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Text = Annotated[str, Field(min_length=1)]


Kind = Literal["persons", "participations", "announced", "things", "money", "measure", "share", "target"]
"""What a figure counts. A share is as protected as what it is a share of, a target's figure as its unit says."""
PROTECTED: frozenset[Kind] = frozenset({"persons", "participations"})
"""Small counts of these are not published."""
KIND_OF_UNIT: dict[str, Kind] = {
    "人": "persons",
    "人次": "participations",
    "名": "announced",
    **dict.fromkeys(("项", "家", "份", "件", "篇", "个", "行"), "things"),
    "元": "money",
    "比例": "share",
}
"""Units that say by themselves what is counted; others, as 本 of certificates, do not."""


def unit_kind(unit: str) -> Kind | None:
    """What a unit says to be counted, whatever stands in brackets after it: 人（去重） are persons."""
    return KIND_OF_UNIT.get(unit.partition("（")[0])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dimension(_Strict):
    """What figures are split by, in both languages."""

    zh: Text
    en: Text


class Source(_Strict):
    """The table that metrics are taken from, its SQL for each dimension that it has, and for the day of a row; of some
    rows only the year is known, and the day is its first."""

    table: Name
    date: Text
    date_grain: Literal["day", "year"] = "day"
    dimensions: dict[Name, Text]


@dataclass(frozen=True)
class Aggregate:
    """A formula in its parts: `of` is SQL over a row, `*` for the row itself; money in fen is divided."""

    function: Literal["count", "sum", "max"]
    of: str
    is_distinct: bool
    divisor: str | None

    def value(self, rows: str) -> str:
        """What a row adds, in SQL; nothing where it is not one of `rows`."""
        of = "1" if self.of == "*" else self.of
        value = f"{of} / {self.divisor}" if self.divisor else of
        return value if rows == "true" else f"case when {rows} then {value} end"


_AGGREGATE = re.compile(r"(count|sum|max)\((distinct )?(.+?)\)(?: / (100\.0))?")


def aggregate(formula: str) -> Aggregate:
    """Reads a formula; `ValueError` where it is more than one aggregate."""
    match = _AGGREGATE.fullmatch(formula)
    if match is None or not _is_closed(match[3]):
        raise ValueError(f"{formula} is not one aggregate: count(…), count(distinct …), sum(…), sum(…) / 100.0, max(…)")
    return Aggregate(cast(Literal["count", "sum", "max"], match[1]), match[3], match[2] is not None, match[4])


def _is_closed(sql: str) -> bool:
    """Whether every bracket in it closes in it, none that was opened before."""
    depths = list(itertools.accumulate({"(": 1, ")": -1}.get(character, 0) for character in sql))
    return depths[-1] == 0 and min(depths) >= 0


def _checked(formula: str) -> str:
    aggregate(formula)
    return formula


Formula = Annotated[str, Field(min_length=1), AfterValidator(_checked)]


class Metric(_Strict):
    """One figure, one aggregate or one over another. Without `rows` it is taken from all rows of its source.
    `sums_values`: it sums values as they were sent, so that it has a twin without those that carry an open warning."""

    name: Name
    zh: Text
    en: Text
    description_zh: Text
    description_en: Text
    kind: Kind
    unit: Text
    source: Name
    total: Formula | None = Field(None, alias="formula")
    numerator: Formula | None = None
    denominator: Formula | None = None
    sums_values: bool = False
    rows: Text = "true"
    each: tuple[Name, ...] = ()
    report: Text | None = None

    @model_validator(mode="after")
    def _is_one_aggregate_or_two(self) -> Self:
        if (self.numerator is None) != (self.denominator is None) or (self.total is None) == (self.numerator is None):
            raise ValueError("a metric has a formula, or a numerator and a denominator")
        return self

    @model_validator(mode="after")
    def _is_of_the_kind_that_its_unit_says(self) -> Self:
        if unit_kind(self.unit) not in (None, self.kind):
            raise ValueError(f"{self.unit} counts {unit_kind(self.unit)}, not {self.kind}")
        return self

    @property
    def is_protected(self) -> bool:
        """Whether small counts of it are not published."""
        return self.kind in PROTECTED

    @property
    def formula(self) -> str:
        """In SQL."""
        return self.total or f"1.0 * {self.numerator} / nullif({self.denominator}, 0)"

    @property
    def expression(self) -> str:
        """In SQL over all rows of its source, for tools that filter rows themselves."""

        def over_rows(formula: str) -> str:
            parts = aggregate(formula)
            return f"{parts.function}({'distinct ' if parts.is_distinct else ''}{parts.value(self.rows)})"

        if self.total is not None:
            return over_rows(self.total)
        return f"1.0 * {over_rows(str(self.numerator))} / nullif({over_rows(str(self.denominator))}, 0)"

    def unwarned(self) -> Metric:
        """Its twin, over the rows of which no value is open to doubt."""
        told = {
            "name": f"{self.name}{UNWARNED}",
            "zh": f"{self.zh}（不含待核实数值）",
            "en": f"{self.en}, without values under an open warning",
            "description_zh": f"{self.description_zh.rstrip('。')}；不含有须核对问题、尚未说明的数据。",
            "description_en": f"{self.description_en.rstrip('.')}; without rows that carry an open warning.",
            "sums_values": False,
            "rows": f"({self.rows}) and not has_open_warning",
            "report": None,
        }
        return self.model_copy(update=told)

    @property
    def is_stock(self) -> bool:
        """Whether it is a level on a day."""
        return self.total is not None and aggregate(self.total).function == "max"

    @property
    def is_additive(self) -> bool:
        """Whether its parts by a dimension add up to it."""
        return self.total is not None and not self.is_stock and not aggregate(self.total).is_distinct


class Metrics(_Strict):
    """The whole file."""

    dimensions: dict[Name, Dimension]
    sources: dict[Name, Source]
    metrics: tuple[Metric, ...]

    def dimensions_of(self, metric: Metric) -> tuple[str, ...]:
        return tuple(self.sources[metric.source].dimensions)

    def of(self, name: str) -> Metric:
        """The metric of that name; `OperatorError` where there is none."""
        by_name = {metric.name: metric for metric in self.metrics}
        if name not in by_name:
            raise OperatorError(f"There is no metric {name}{nearest(name, by_name)}: skills metrics lists them.")
        return by_name[name]

    def sql(self, metric: Metric, *dimensions: str, only: str | None = None) -> str:
        """The metric by these dimensions and by those that it always needs, in SQL that DuckDB and PostgreSQL share.
        `only`: a condition for its source's rows besides its own."""
        source = self.sources[metric.source]
        by = tuple(dict.fromkeys((*metric.each, *dimensions)))
        columns = [*(f"{source.dimensions[name]} as {name}" for name in by), f"{metric.formula} as {metric.name}"]
        places = ", ".join(str(place) for place in range(1, len(by) + 1))
        grouped = f" group by {places} order by {places}" if by else ""
        rows = f"({metric.rows}) and ({only})" if only else metric.rows
        return f"select {', '.join(columns)} from {source.table} where {rows}{grouped}"


def load(path: Path = FILE) -> Metrics:
    """Reads the file; `OperatorError` names the first thing that it does not hold to."""
    try:
        metrics = Metrics.model_validate(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise OperatorError(f"{path.name} is no YAML: {' '.join(str(error).split())}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise OperatorError(f"{path.name}, {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    for problem in _problems(metrics):
        raise OperatorError(f"{path.name}: {problem}.")
    return metrics.model_copy(update={"metrics": tuple(_with_twins(metrics.metrics))})


def _with_twins(written: Iterable[Metric]) -> Iterator[Metric]:
    for metric in written:
        yield metric
        if metric.sums_values:
            yield metric.unwarned()


def _problems(metrics: Metrics) -> list[str]:
    """What the parts of the file say against one another, and against the marts."""
    uses = Counter(metric.name for metric in metrics.metrics)
    problems = [f"two metrics are called {name}" for name, count in uses.items() if count > 1]
    for name, source in metrics.sources.items():
        if source.table not in marts():
            problems.append(f"source {name} takes from {source.table}, which is no mart")
        problems += [
            f"source {name} has dimension {dimension}, which is not described"
            for dimension in source.dimensions
            if dimension not in metrics.dimensions
        ]
    for metric in metrics.metrics:
        if metric.source not in metrics.sources:
            problems.append(f"{metric.name} has source {metric.source}, which is not described")
        elif metric.sums_values and not _knows_warnings(metrics, metric):
            problems.append(
                f"{metric.name} sums values, and {metric.source} does not say which of them are open to doubt"
            )
        else:
            problems += [
                f"{metric.name} needs {dimension}, which {metric.source} does not have"
                for dimension in metric.each
                if dimension not in metrics.sources[metric.source].dimensions
            ]
    return problems


def _knows_warnings(metrics: Metrics, metric: Metric) -> bool:
    table = marts().get(metrics.sources[metric.source].table)
    return table is not None and "has_open_warning" in table.columns


def catalogue(known: Metrics) -> dict[str, Any]:
    """All that the file says, and what follows from it, as programs read it."""
    dimensions = {name: dimension.model_dump() for name, dimension in known.dimensions.items()}
    figures = [
        metric.model_dump(exclude={"total", "report"})
        | {
            "table": known.sources[metric.source].table,
            "formula": metric.formula,
            "expression": metric.expression,
            "dimensions": known.dimensions_of(metric),
            "is_additive": metric.is_additive,
            "is_stock": metric.is_stock,
            "sql": known.sql(metric),
        }
        for metric in known.metrics
    ]
    return {
        "dimensions": dimensions,
        "sources": {name: source.model_dump() for name, source in known.sources.items()},
        "metrics": figures,
    }


@functools.cache
def metrics() -> Metrics:
    return load()
