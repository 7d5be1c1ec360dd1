"""A sender's data stops nobody: what fails a test of data is held back and named, all else publishes, what stood before
counts, and it ends by the bureau's word or when it is mended."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from orchestration.cli import terminal
from orchestration.pipeline import dbt, publication_rebuild, sign_off
from tests.e2e import days
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.store.held_back import of_facts
from warehouse.vocabulary import clock
from warehouse.vocabulary.period import workdays_after

DAY = dt.date(2026, 4, 20)
FEBRUARY, MARCH = "市司法局汇总报表2026年2月.xlsx", "市司法局汇总报表2026年3月.xlsx"
ROW, PERIOD_VALUE, FILLED = 4, (7, 8, 9), 13
"""The one row of the workbooks; the columns of its three values and of the day it was filled in."""
HUGE = 2 * 10**9
_NINTH_OF_APRIL = """
select distinct
    submission_id,
    cast(null as bigint) as row_index,
    cast(null as bigint) as row_number,
    'fill_date' as field
from {{ ref('stg_aggregate_summary') }}
where fill_date = date '2026-04-09'
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    """Three decided months, and beside our tests of senders' data one on which a whole submission fails."""
    project = tmp_path / "project" / "dbt_project"
    shutil.copytree(dbt.DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    (project / "tests" / "senders_data" / "nothing_is_filled_in_on_that_day.sql").write_text(_NINTH_OF_APRIL, "utf-8")
    monkeypatch.setattr(dbt, "DBT_PROJECT", project)
    dbt.models_version.cache_clear()  # of this project while it lasts, of ours for the tests that follow
    yield days.decided_demo(tmp_path, "2026-02", "2026-04", 0.02, 11)
    dbt.models_version.cache_clear()


def send_again(root: Root, file: str, day: int, cells: dict[int, object]) -> None:
    path = root.inbox / "JUS" / file
    workbook = openpyxl.load_workbook(path)
    for column, value in cells.items():
        workbook.active.cell(ROW, column).value = value
    workbook.save(path)
    moment = dt.datetime(2026, 4, day, 8, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))
    days.decide(root)


def published(root: Root) -> Publication:
    publication, stopped = days.publish(root, DAY)
    assert publication is not None, stopped
    return publication


def jus(publication: Publication, columns: str) -> list[tuple[object, ...]]:
    with publication.connect() as con:
        return con.execute(
            f"select period, {columns} from fct_submission "
            "where unit_code = 'JUS' and period > '2026' and (is_latest or represents_key) order by all"
        ).fetchall()


def totals_only(publication: Publication) -> Decimal:
    with publication.connect() as con:
        [(value,)] = con.execute(
            "select totals_only from rpt_target_progress "
            "where target_id = 'T01' and reading = 'main' and period_start_date < date '2026-03-01' "
            "order by period_end_date desc limit 1"
        ).fetchall()
    return Decimal(value)


@pytest.mark.soak
def test_it_is_held_back_named_released_and_ends_by_itself(root: Root) -> None:
    send_again(root, FEBRUARY, 10, dict.fromkeys(PERIOD_VALUE, HUGE))
    send_again(root, MARCH, 11, {FILLED: "2026年4月9日"})

    first = published(root)
    held = of_facts(first.manifest["held_back"])
    told = {(failure.test, failure.row): failure for failure in held.failures}
    assert told.keys() == {("amounts_are_bounded", ROW), ("nothing_is_filled_in_on_that_day", None)}
    row, whole = told["amounts_are_bounded", ROW], told["nothing_is_filled_in_on_that_day", None]
    assert {failure["file"].rpartition("/")[2] for failure in first.manifest["held_back"]["failures"]} == {
        FEBRUARY,
        MARCH,
    }
    assert Decimal(held.contributed[row.submission_id]["T01|main|2025-2027"] or 0) == HUGE
    assert held.before is not None
    assert held.after is not None
    moved = Decimal(held.before["T01|main|2025-2027"] or 0) - Decimal(held.after["T01|main|2025-2027"] or 0)
    assert moved == HUGE
    assert totals_only(first) == 4  # of March, as it stood before
    old = [folder for folder in first.manifest["submissions"] if folder.startswith("JUS-aggregate_summary-2026-03")]
    assert len(old) == 1
    assert not old[0].startswith(whole.submission_id)
    answered_by = workdays_after(clock.day_of(days.NOW), 2)
    assert jus(first, "is_latest, standing, held_back_row_count, held_back_answer_date") == [
        ("2026-02", True, "standing", 1, answered_by),
        ("2026-03", False, "standing", 0, None),
        ("2026-03", True, "held_back", 0, answered_by),
    ]
    with first.connect() as con:
        assert con.execute(
            "select distinct state, outcome from rpt_submission_grid "
            "where unit_code = 'JUS' and dataset = 'aggregate_summary' and period in ('2026-02', '2026-03')"
        ).fetchall() == [("on_time", "accepted")]
        assert con.execute("select count(*) from fct_participation").fetchall() > [(0,)]
    assert any(f"{FEBRUARY}）第 {ROW} 行" in line for line in terminal.held_back(first))
    assert terminal.held_back(first, "CAB") == []

    comparison = publication_rebuild.rebuild(root, first, lambda stage: None)
    assert (comparison.is_equal, comparison.register) == (True, [])

    sign_off.release(root, whole.submission_id, "张三", "已电话核实")
    send_again(root, FEBRUARY, 15, {7: 3, 8: 3, 9: 38})
    second = published(root)
    facts = of_facts(second.manifest["held_back"])
    assert facts.failures == ()
    assert {failure.submission_id for failure in facts.released} == {whole.submission_id}
    assert totals_only(second) == 3 + 4
    assert jus(second, "is_latest, standing, held_back_row_count") == [
        ("2026-02", True, "standing", 0),
        ("2026-03", True, "standing", 0),
    ]
