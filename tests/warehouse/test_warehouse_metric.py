"""The metrics file: strictly read, and the same figures by DuckDB and PostgreSQL on random rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.warehouse import marts_world, pg_server
from warehouse.published.postgres.load import load
from warehouse.vocabulary import metric
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.metric import FILE, Metric, metrics, unit_kind

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CASES = pytest.mark.parametrize("metric", metrics().metrics, ids=lambda metric: metric.name)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, Any]]:
    publication = marts_world.publication(tmp_path_factory.mktemp("metrics") / "p", 5)
    with pg_server.server() as running:
        address = pg_server.database(running)
        load(publication, address)
        with publication.connect() as duck, psycopg.connect(address, autocommit=True) as con:
            con.execute("set search_path to skills")
            yield duck, con


def figures(rows: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], Any]:
    """Dimensions → figure; engines give shares with more or fewer digits."""
    return {row[:-1]: round(float(row[-1]), 9) if isinstance(row[-1], float | Decimal) else row[-1] for row in rows}


@CASES
def test_both_engines_give_the_same_figures_by_every_dimension(
    metric: Metric, engines: tuple[duckdb.DuckDBPyConnection, Any]
) -> None:
    duck, con = engines
    for by in ((), *((name,) for name in metrics().dimensions_of(metric)), metrics().dimensions_of(metric)):
        sql = metrics().sql(metric, *by)
        assert figures(duck.execute(sql).fetchall()) == figures(con.execute(sql).fetchall()), sql


def test_there_are_metrics_enough_and_each_speaks_both_languages() -> None:
    assert len(metrics().metrics) >= 25
    for named in (*metrics().metrics, *metrics().dimensions.values()):
        assert CHINESE.search(named.zh) and not CHINESE.search(named.en)
    for named in metrics().metrics:
        assert CHINESE.search(named.description_zh) and not CHINESE.search(named.description_en), named.name
    used = {name for source in metrics().sources.values() for name in source.dimensions}
    assert used == metrics().dimensions.keys()
    assert {metric.source for metric in metrics().metrics} == metrics().sources.keys()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    unit: 人次\n", "    unit: 人次\n    colour: red\n", r"metrics\.0\.colour: Extra inputs"),
        ("    kind: participations\n", "    kind: things\n", "人次 counts participations, not things"),
        ("    kind: participations\n", "", r"metrics\.0\.kind: Field required"),
        ("    formula: count(*)\n", "", r"metrics\.0: Value error, a metric has a formula, or"),
        (
            "    formula: count(*)\n",
            "    formula: count(*)\n    numerator: count(*)\n",
            "a numerator and a denominator",
        ),
        (
            "    formula: count(*)\n",
            "    formula: count(*) - sum(x)\n",
            r"metrics\.0\.formula: .* is not one aggregate",
        ),
        ("table: fct_participation", "table: fct_none", "fct_none, which is no mart"),
        ("    source: participation\n", "    source: nowhere\n", "source nowhere, which is not described"),
        (
            "    each: [year]\n",
            "    each: [rule]\n",
            "yearly_trained_persons needs rule, which participation does not have",
        ),
        ("  rule: {", "  rules: {", "dimension rule, which is not described"),
        ("name: counted_participations", "name: reported_participations", "two metrics are called"),
        ("dimensions:\n", "dimensions: [\n", "is no YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_one_sentence(old: str, new: str, complaint: str, tmp_path: Path) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    (tmp_path / "metrics.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(OperatorError, match=complaint) as error:
        metric.load(tmp_path / "metrics.yaml")
    assert "\n" not in str(error.value)


def test_each_metric_says_what_it_counts_and_persons_are_protected() -> None:
    kinds = {metric.name: metric.kind for metric in metrics().metrics}
    assert kinds["trained_persons"] == "persons" and kinds["counted_participations"] == "participations"
    protected = {metric.name for metric in metrics().metrics if metric.is_protected}
    assert {"trained_persons", "counted_participations", "counted_certificates", "support_services"} <= protected
    assert not protected & {"competitions_held", "awards_given", "registered_enterprises", "due_submissions"}


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("人", "persons"),
        ("人（去重）", "persons"),
        ("人次", "participations"),
        ("名", "announced"),
        ("项", "things"),
        ("家", "things"),
        ("%", None),
    ],
)
def test_a_unit_says_what_is_counted(unit: str, kind: str | None) -> None:
    assert unit_kind(unit) == kind
