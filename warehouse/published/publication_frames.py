"""A publication as typed pandas DataFrames: marts, metrics, the rows of a figure, what moved between two.

Integers, truth values and texts are pandas' nullable types, decimals `Float64`, dates `datetime64[s]`, moments
`datetime64[us, UTC]`. Codes stay as they are; `labels=True` puts what they mean in Chinese beside them, as
`<column>_label`. `attrs` of each frame say what it and its columns are. Reads published files only. Ends at frames:
plots are the analyst's, and pages do not read from here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from warehouse.published import figure_drilldown, publication_diff
from warehouse.published.publication import Publication
from warehouse.vocabulary import period as periods
from warehouse.vocabulary.errors import OperatorError, nearest
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import Metric, metrics
from warehouse.vocabulary.period import Period

LABEL = "_label"
"""Ends the name of a column that says what the code beside it means."""
_NAMES = {
    "dim_class": "class_name",
    "dim_department": "short_name",
    "dim_district": "district_name",
    "dim_industry_cluster": "industry_cluster_name",
    "dim_institution": "institution_name",
    "dim_occupation": "occupation_name",
    "dim_special_action": "special_action_name",
    "dim_target": "title",
}
"""Dimension → its column that people know its rows by."""
_PANDAS = {
    pa.string(): pd.StringDtype("pyarrow"),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.float64(): pd.Float64Dtype(),
}


class Moves(NamedTuple):
    """What moved from one publication to another, as `skills diff` has it."""

    figures: pd.DataFrame
    causes: pd.DataFrame
    submissions: pd.DataFrame
    tables: pd.DataFrame


class PublicationFrames:
    """One publication. Nothing in it changes, whatever is published later."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    def __repr__(self) -> str:
        return f"<publication {self.publication_id}, {len(self.marts)} marts, {self.folder}>"

    @property
    def publication_id(self) -> str:
        return self._publication.publication_id

    @property
    def as_of(self) -> pd.Timestamp:
        """The day whose state it shows."""
        return pd.Timestamp(self.manifest["as_of_date"])

    @property
    def folder(self) -> Path:
        return self._publication.folder

    @property
    def manifest(self) -> Mapping[str, Any]:
        return self._publication.manifest

    @property
    def marts(self) -> list[str]:
        return sorted(self.manifest["tables"])

    @property
    def metrics(self) -> pd.DataFrame:
        """Every metric: name, Chinese and English name, unit, what it counts and whether small counts of that are
        published, and the dimensions that `metric` takes in `by`."""
        facts = [
            {
                "metric": metric.name,
                "zh": metric.zh,
                "en": metric.en,
                "unit": metric.unit,
                "kind": metric.kind,
                "is_protected": metric.is_protected,
                "dimensions": ", ".join(metrics().dimensions_of(metric)),
                "needs": ", ".join(metric.each),
                "is_additive": metric.is_additive,
                "description_zh": metric.description_zh,
            }
            for metric in metrics().metrics
        ]
        return _frame(pa.Table.from_pylist(facts))

    def mart(self, name: str, *, columns: Sequence[str] | None = None, labels: bool = False) -> pd.DataFrame:
        """A mart, or some of its columns, ordered by its key."""
        known = self._columns(name)
        for column in columns or ():
            if column not in known:
                raise OperatorError(f"{name} has no column {column}{nearest(column, known)}: {', '.join(known)}.")
        shown = list(columns or known)
        key = [column for column in marts()[name].primary_key if column in known] if name in marts() else []
        order = f" order by {', '.join(key)}" if key else ""
        frame = self.query(f"select {', '.join(shown)} from {name}{order}")
        frame.attrs |= {"mart": name, "description": self._comment(name)} | {
            "columns": {column: known[column] for column in shown}
        }
        return self._labelled(frame, name, {column: column for column in shown}) if labels else frame

    def metric(
        self, name: str, by: Sequence[str] = (), period: str | None = None, *, labels: bool = False
    ) -> pd.DataFrame:
        """A metric by some of its dimensions; one that means nothing without certain dimensions has those too.

        Args:
            period: 2026, 2026-H1, 2026-Q2 or 2026-01: the rows dated in it, or reported or judged for it.
        """
        metric = metrics().of(name)
        source = metrics().sources[metric.source]
        for dimension in by:
            if dimension not in source.dimensions:
                known = ", ".join(source.dimensions)
                raise OperatorError(
                    f"{name} has no dimension {dimension}{nearest(dimension, source.dimensions)}: {known}."
                )
        frame = self.query(metrics().sql(metric, *by, only=self._within(metric, period)))
        shown = [column for column in frame.columns if column != name]
        described = {dimension: metrics().dimensions[dimension] for dimension in shown}
        frame.attrs |= {
            "metric": name,
            "description": f"{metric.description_zh}{metric.description_en}",
            "unit": metric.unit,
            "period": period,
            "is_additive": metric.is_additive,
            "columns": {dimension: f"{told.zh}。{told.en}." for dimension, told in described.items()}
            | {name: f"{metric.zh}（{metric.unit}）。{metric.en}."},
        }
        return (
            self._labelled(frame, source.table, {column: source.dimensions[column] for column in shown})
            if (labels)
            else frame
        )

    def rows_of(
        self,
        figure: str | Mapping[str, Any] | pd.Series[Any],
        *,
        period: str | None = None,
        reading: str = "main",
        department: str | None = None,
        labels: bool = False,
    ) -> pd.DataFrame:
        """The rows that a figure of `rpt_target_progress` is made of, each with submission and row of the file.

        Args:
            figure: a target's id, or a row of `rpt_target_progress`, which says reading and period itself.
            period: as the figure's; may be left out where the target has one.
            department: only what this department adds.
        """
        target = figure if isinstance(figure, str) else str(figure["target_id"])
        if not isinstance(figure, str):
            reading, period = str(figure["reading"]), str(figure["period"])
        opened = figure_drilldown.explain(
            self._publication, target, reading, period or self._only_period(target, reading), department
        )
        frame = self.query(opened.query)
        known = self._columns(figure_drilldown.TABLE)
        frame.attrs |= {
            "target_id": opened.target_id,
            "title": opened.title,
            "reading": opened.reading,
            "period": opened.period,
            "unit": opened.unit,
            "actual": None if opened.actual is None else float(opened.actual),
            "description": self._comment(figure_drilldown.TABLE),
            "columns": {column: known[column] for column in frame.columns},
            "query": opened.query,
        }
        shown = {column: column for column in frame.columns}
        return self._labelled(frame, figure_drilldown.TABLE, shown) if labels else frame

    def compare(self, other: PublicationFrames) -> Moves:
        """What moved from another publication to this one: figures, because of which submissions, and tables."""
        moves = publication_diff.compare(other._publication, self._publication)
        figures = [_facts(figure, leave_out=("causes",)) for figure in moves.figures]
        causes = [
            {"target_id": figure.target_id, "reading": figure.reading, "period": figure.period} | _facts(cause)
            for figure in moves.figures
            for cause in figure.causes
        ]
        frames = Moves(
            _typed(figures, _MOVED),
            _typed(causes, _CAUSE),
            _typed(
                [
                    _facts(submission, leave_out=("effect",))
                    | {"why_nothing_moved": submission.effect and submission.effect.why}
                    for submission in moves.submissions
                ],
                _SUBMISSION,
            ),
            _typed([_facts(table, leave_out=("columns_changed",)) for table in moves.tables], _TABLE),
        )
        for frame in frames:
            frame.attrs |= {"before": other.publication_id, "after": self.publication_id}
        return frames

    def query(self, sql: str) -> pd.DataFrame:
        """The typed result of any query over the marts."""
        with self._publication.connect() as con:
            frame = _frame(con.execute(sql).to_arrow_table())
        frame.attrs |= {"publication_id": self.publication_id, "as_of_date": self.manifest["as_of_date"]}
        return frame

    def _columns(self, name: str) -> dict[str, str]:
        """Column → description, as the published file has them."""
        if name not in self.manifest["tables"]:
            raise OperatorError(
                f"{self.publication_id} has no mart {name}{nearest(name, self.marts)}: its marts are "
                f"{', '.join(self.marts)}."
            )
        with self._publication.connect() as con:
            described = con.execute(
                "select column_name, coalesce(comment, '') from duckdb_columns() "
                "where schema_name = 'main' and table_name = $name order by column_index",
                {"name": name},
            ).fetchall()
        return dict(described)

    def _comment(self, name: str) -> str:
        with self._publication.connect() as con:
            told = con.execute(
                "select comment from duckdb_tables() where schema_name = 'main' and table_name = $name union all "
                "select comment from duckdb_views() where schema_name = 'main' and view_name = $name",
                {"name": name},
            ).fetchall()
        return str(told[0][0] or "") if told else ""

    def _labelled(self, frame: pd.DataFrame, table: str, places: Mapping[str, str]) -> pd.DataFrame:
        """The frame with what its codes mean beside them; `places`: column of the frame → column of the mart."""
        columns: dict[str, pd.Series[Any]] = {}
        for column in frame.columns:
            columns[column] = frame[column]
            meanings = self._meanings(table, places.get(column, ""))
            if meanings is not None:
                columns[f"{column}{LABEL}"] = frame[column].map(meanings).astype(pd.StringDtype("pyarrow"))
        labelled = pd.DataFrame(columns, index=frame.index)
        labelled.attrs = frame.attrs
        return labelled

    def _meanings(self, table: str, column: str) -> dict[str, str] | None:
        """Code → what it means, of a column that leads to a dimension with names or to a list of codes."""
        code_list = marts()[table].code_lists.get(column) if table in marts() else None
        if code_list and "dim_code" in self.manifest["tables"]:
            with self._publication.connect() as con:
                listed = con.execute(
                    "select code, code_name from dim_code where code_list = $list", {"list": code_list}
                )
                return dict(listed.fetchall())
        links = {link.column: link for link in marts()[table].foreign_keys} if table in marts() else {}
        link = links.get(column)
        if link is None or link.table not in _NAMES or link.table not in self.manifest["tables"]:
            return None
        with self._publication.connect() as con:
            return dict(con.execute(f"select {link.field}, {_NAMES[link.table]} from {link.table}").fetchall())

    def _only_period(self, target: str, reading: str) -> str:
        """The period of a target that has one; else a name that no period bears, at which the choices are told."""
        with figure_drilldown.connect(self._publication) as con:
            told = con.execute(
                "select period from rpt_target_progress where target_id = $target and reading = $reading",
                {"target": target, "reading": reading},
            ).fetchall()
        return str(told[0][0]) if len(told) == 1 else ""

    def _within(self, metric: Metric, period: str | None) -> str | None:
        """The condition for the rows of a period."""
        if period is None:
            return None
        wanted = periods.parse(period)
        source = metrics().sources[metric.source]
        if "period" in source.dimensions:
            names = self._periods_within(source.table, source.dimensions["period"], period, wanted)
            return f"{source.dimensions['period']} in ({names})"
        if wanted is None:
            raise OperatorError(f"{period} is no period: write it like 2026, 2026-H1, 2026-Q2 or 2026-01.")
        if source.date_grain == "year" and wanted.months != 12:
            raise OperatorError(f"{metric.name} is known by year: ask for {wanted.start.year}, not for {period}.")
        return f"{source.date} between date '{wanted.start}' and date '{wanted.end}'"

    def _periods_within(self, table: str, column: str, period: str, wanted: Period | None) -> str:
        """SQL of the periods of a table that are the wanted one or lie in it."""
        with self._publication.connect() as con:
            known = [name for (name,) in con.execute(f"select distinct {column} from {table} order by 1").fetchall()]
        within = [name for name in known if name == period or _lies_in(name, wanted)]
        if not within:
            raise OperatorError(f"{table} has no period {period}: it has {', '.join(map(str, known))}.")
        return ", ".join(f"'{name}'" for name in within)


def _lies_in(name: str, wanted: Period | None) -> bool:
    part = periods.parse(name)
    return part is not None and wanted is not None and wanted.start <= part.start and part.end <= wanted.end


def _frame(table: pa.Table) -> pd.DataFrame:
    schema = pa.schema([pa.field(field.name, _arrow(field.type)) for field in table.schema])
    frame: pd.DataFrame = table.cast(schema).to_pandas(types_mapper=_PANDAS.get)
    return frame


def _arrow(kind: pa.DataType) -> pa.DataType:
    """The type that pandas has one of its own for."""
    if pa.types.is_date(kind):
        return pa.timestamp("s")
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", "UTC")
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_integer(kind):
        return kind if kind == pa.int32() else pa.int64()
    return pa.string() if pa.types.is_null(kind) else kind


_KEY = [("target_id", pa.string()), ("reading", pa.string()), ("period", pa.string())]
_MOVED = pa.schema(
    [
        *_KEY,
        ("before", pa.float64()),
        ("after", pa.float64()),
        ("status_before", pa.string()),
        ("status_after", pa.string()),
    ]
)
_CAUSE = pa.schema(
    [
        *_KEY,
        ("submission_id", pa.string()),
        ("department", pa.string()),
        ("change", pa.string()),
        ("before", pa.float64()),
        ("after", pa.float64()),
        ("base_before", pa.float64()),
        ("base_after", pa.float64()),
    ]
)
_SUBMISSION = pa.schema(
    [(name, pa.string()) for name in ("submission_id", "department", "change", "replaced_by", "why_nothing_moved")]
)
_TABLE = pa.schema(
    [
        ("name", pa.string()),
        ("rows_before", pa.int64()),
        ("rows_after", pa.int64()),
        ("gone", pa.int64()),
        ("come", pa.int64()),
        ("changed", pa.int64()),
        ("placed", pa.int64()),
        ("columns_gone", pa.string()),
        ("columns_come", pa.string()),
    ]
)


def _facts(told: Any, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """A dataclass's own fields: amounts as numbers, lists as text."""
    facts = {field.name: getattr(told, field.name) for field in dataclasses.fields(told) if field.name not in leave_out}
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in facts.items()}


def _typed(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pd.DataFrame:
    return _frame(pa.Table.from_pylist(list(map(_with_numbers, rows)), schema=schema))


def _with_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
