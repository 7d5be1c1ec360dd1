"""A figure opened: what it is made of adds up to it, and the one query gives the same to any reader."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.published import A, B, publish, row
from warehouse.published import figure_drilldown
from warehouse.published.publication import DATABASE, Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture
def published(tmp_path: Path) -> Publication:
    return publish(
        Root(tmp_path / "data").make(),
        [
            row("T09", A, 1),
            row("T09", A, 2, 0),
            row("T09", "CAB-x", 1),
            row("T09", "HEA-y", 1, 7, component="totals_only"),
            row("T09", "HEA-y", 2, 1, period="2025"),
            row("T19", A, 1, 9_999_999, 9_999_999),
            row("T19", B, 1, 0, 1),
            row("T04", "withheld", 1),
            row("T04", A, 2),
        ],
        {("T09", "behind"): 9, ("T19", "behind"): 99.9999, ("T04", "behind"): 2},
    )


def amounts(parts: list[figure_drilldown.Part]) -> dict[str | None, tuple[int, int]]:
    return {part.name: (part.rows, int(part.amount)) for part in parts}


def test_components_departments_and_submissions_each_add_up(published: Publication) -> None:
    opened = figure_drilldown.explain(published, "T09", "main", "2026")
    assert opened.total == opened.actual == 9
    assert [part.name for part in opened.components] == ["counted", "totals_only"]
    assert amounts(opened.components) == {"counted": (3, 2), "totals_only": (1, 7)}
    assert amounts(opened.departments) == {"HEA": (1, 7), "CAB": (3, 2)}
    assert amounts(opened.submissions) == {"HEA-y": (1, 7), A: (2, 1), "CAB-x": (1, 1)}


def test_a_department_is_its_share(published: Publication) -> None:
    opened = figure_drilldown.explain(published, "T09", "main", "2026", "CAB")
    assert (opened.actual, opened.total) == (9, 2)
    assert amounts(opened.departments) == {"CAB": (3, 2)}
    assert len(figure_drilldown.rows(published, opened)) == 3


def test_a_ratio_is_cut_not_rounded(published: Publication) -> None:
    opened = figure_drilldown.explain(published, "T19", "main", "2026")
    assert opened.total == Decimal("99.9999")
    assert [part.base_amount for part in opened.components] == [10_000_000]


def test_rows_without_their_place_still_add_up(published: Publication) -> None:
    opened = figure_drilldown.explain(published, "T04", "main", "2026")
    assert opened.total == 2
    assert amounts(opened.departments) == {"CAB": (1, 1), None: (1, 1)}
    assert figure_drilldown.WITHHELD in amounts(opened.submissions)


def test_the_query_is_what_any_reader_runs(published: Publication) -> None:
    opened = figure_drilldown.explain(published, "T09", "main", "2026")
    with duckdb.connect(str(published.folder / DATABASE), read_only=True) as con:
        totals = con.execute(f"select sum(amount), count(*) from ({opened.query})").fetchall()
    assert totals == [(9, 4)]
    assert [(row.submission_id, row.row_index, row.row_number) for row in figure_drilldown.rows(published, opened)] == [
        (A, 1, 2),
        (A, 2, 3),
        ("CAB-x", 1, 2),
        ("HEA-y", 1, 2),
    ]


def test_a_value_is_no_sql(published: Publication) -> None:
    query = figure_drilldown.rows_query("T09' or '1' = '1", "main", "2026", None)
    with published.connect() as con:
        assert con.execute(query).fetchall() == []


@pytest.mark.parametrize(
    ("target", "reading", "period", "said"),
    [
        ("T99", "main", "2026", "no target T99: choose one of T09, T19, T04"),
        ("T09", "main", "2027", "no figure for reading main and period 2027: --reading main --period 2026"),
        ("T09", "other", "2026", "no figure for reading other"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    published: Publication, target: str, reading: str, period: str, said: str
) -> None:
    with pytest.raises(OperatorError, match=said):
        figure_drilldown.explain(published, target, reading, period)


def test_a_publication_of_before_cannot_be_opened(published: Publication) -> None:
    published.manifest["tables"].pop(figure_drilldown.TABLE)
    with pytest.raises(OperatorError, match="before figures could be opened"):
        figure_drilldown.explain(published, "T09", "main", "2026")
