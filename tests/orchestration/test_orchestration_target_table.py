"""The table of targets on the terminal says readings and periods in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.cli import history_tables, terminal
from tests.pages import report_samples as samples
from warehouse.published.figure_drilldown import Figure
from warehouse.published.publication import DATABASE, Publication
from warehouse.vocabulary.mart import marts

TITLES = ("目标", "口径", "期间")
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
ROWS = [
    *samples.targets(),
    samples.target("T10", "point", dt.date(2025, 1, 1), dt.date(2027, 12, 31), reading="reported_enterprises"),
    samples.target("T19", "2026", *YEAR, reading="enterprises_reaching"),
]


@pytest.fixture
def shown(tmp_path: Path) -> Publication:
    """A publication that holds `ROWS`."""
    with duckdb.connect(str(tmp_path / DATABASE)) as con:
        for name in ("rpt_target_progress", "dim_target"):
            columns = ", ".join(f"{column} {kind}" for column, kind in marts()[name].columns.items())
            con.execute(f"create table {name} ({columns})")
        for row in ROWS:
            marks = ", ".join("?" for _ in row)
            con.execute(f"insert into rpt_target_progress ({', '.join(row)}) values ({marks})", [*row.values()])
    return Publication(tmp_path, {"publication_id": "p", "as_of_date": "2026-11-20"})


def columns(publication: Publication, *titles: str) -> list[tuple[Any, ...]]:
    table = terminal.targets(publication)
    cells = {str(column.header): list(column.cells) for column in table.columns}
    return list(zip(*(cells[title] for title in titles), strict=True))


def test_readings_and_periods_are_said_in_words(shown: Publication) -> None:
    told = {(str(target).partition(" ")[0], reading, period) for target, reading, period in columns(shown, *TITLES)}
    assert told >= {
        ("T01", "", "2025—2027年"),
        ("T10", "名录口径", "时点数（2026年10月31日）"),
        ("T10", "已报送企业", "时点数（2026年10月31日）"),
        ("T19", "", "2026年度"),
        ("T19", "占计提经费", "2026年度"),
        ("T19", "达到 60% 的企业占比", "2026年度"),
    }
    codes = {row["reading"] for row in ROWS} | {row["period"] for row in ROWS}
    assert not codes & {word for line in told for word in line}


def test_a_figure_that_is_explained_says_them_too(shown: Publication) -> None:
    opened = Figure(
        target_id="T10",
        title="覆盖率",
        reading="main",
        period="point",
        unit="%",
        actual=None,
        comparator="=",
        threshold=Decimal(100),
        status="no_data",
        department=None,
        total=None,
        components=[],
        departments=[],
        submissions=[],
        query="",
    )
    assert history_tables.figure_line(opened, shown).startswith("T10 覆盖率 名录口径 时点数: ")
