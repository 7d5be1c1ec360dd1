"""What is added by the pages of `docs/adding/` works with the files that they name and no other: a department, a feed,
a rule, a column, a dataset and a target, all in one copy of the project that is run over two months of a small demo.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e import additions
from tests.e2e.additions import Copy
from tests.warehouse import pg_server
from warehouse.published import publication
from warehouse.published.postgres import access
from warehouse.vocabulary import contract, reference

pytestmark = pytest.mark.soak
DEPARTMENT, NAME, DATASET = "WAT", "水务局", "training_record"
ASSETS = """
import json
from orchestration import definitions
keys = definitions.defs().resolve_asset_graph().get_all_asset_keys()
print(json.dumps([key.path for key in keys]))
"""
COMPETITIONS = [
    {"赛项编号": "SZ-STI-2025-01", "赛道": "养老护理员", "比赛地点": "深圳会展中心"},
    {"赛项编号": "SZ-STI-2025-02", "赛道": "深圳科技技能大赛", "比赛地点": ""},
]
SHARED = {
    "赛事": "深圳科技技能大赛",
    "赛事级别": "市二类",
    "赛项状态": "2",
    "主办单位": "深圳市科技创新局",
    "开始日期": "2025-11-03",
    "结束日期": "2025-11-05",
    "参赛人数": "60",
}
VENUES = [{"场地编号": "V-0001", "场地名称": "龙岗实训楼", "工位数": "40"}]


def send(file: Path, rows: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The demo of the copy, with a file of ours for the new feed and one for the new dataset, run once."""
    copy = additions.copied(tmp_path_factory.mktemp("additions"))
    copy.skills("demo", "--months", "2025-11:2025-12", "--scale", "0.02")
    send(copy.root.inbox / "STI" / "competition_2025-11.csv", [SHARED | row for row in COMPETITIONS])
    send(copy.root.inbox / "HCD" / "training_venue_2025.csv", VENUES)
    copy.skills("run", "--as-of", "2026-01-20")
    return copy


def decision(copy: Copy, dataset: str, file: str) -> tuple[dict[str, Any], Path]:
    """What was decided on the file of this name, beside what the demo sent for the same feed."""
    decided = {
        read["reading"]["file"]["name"]: (read, path.parent)
        for path in (copy.root.decided / dataset).glob("*/decision.json")
        for read in [json.loads(path.read_text("utf-8"))]
    }
    return decided[file]


def query(copy: Copy, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    with publication.open_current(copy.root).connect() as con:
        return con.execute(sql, list(parameters)).fetchall()


@pytest.mark.parametrize("page", additions.pages())
def test_a_page_names_as_many_files_as_it_promises(page: str) -> None:
    files = {edit.file for edit in additions.edits(page)}
    assert len(files) == additions.promised_files(page)


def test_a_department_sends_is_decided_and_stands_in_marts_and_pages(copy: Copy) -> None:
    assert DEPARTMENT not in reference.codes("department")
    assert len(list((copy.root.inbox / DEPARTMENT).iterdir())) == 2
    folders = list((copy.root.decided / DATASET).glob(f"{DEPARTMENT}-*"))
    decisions = [json.loads((folder / "decision.json").read_text("utf-8")) for folder in folders]
    assert len(decisions) == 2
    assert sum(decision["rows"]["accepted"] for decision in decisions) > 0
    grid = query(copy, "select period, state from rpt_submission_grid where unit_code = ? order by period", DEPARTMENT)
    assert grid == [("2025-11", "on_time"), ("2025-12", "on_time"), ("2026-01", "not_due")]
    counts = {
        mart: query(copy, f"select count(*) from {mart} where department_code = ?", DEPARTMENT)[0][0]
        for mart in ("dim_department", "rpt_department", "fct_submission", "fct_participation")
    }
    assert counts["dim_department"] == counts["rpt_department"] == 1
    assert counts["fct_submission"] == 2
    assert counts["fct_participation"] > 0
    competent = query(copy, "select count(*) from dim_class where competent_department_code = ?", DEPARTMENT)
    assert competent[0][0] > 0
    assert NAME in (copy.root.reports / DEPARTMENT / "index.html").read_text("utf-8")
    assert f'href="{DEPARTMENT}/index.html"' in (copy.root.reports / "index.html").read_text("utf-8")
    assert DEPARTMENT in copy.skills("status")


def test_dagster_shows_what_was_added(copy: Copy) -> None:
    assets = json.loads(copy.python("-c", ASSETS))
    assert ["received", DATASET, DEPARTMENT] in assets
    assert ["report", DEPARTMENT] in assets
    assert ["received", "competition", "STI"] in assets
    assert ["received", "training_venue", "HCD"] in assets
    assert ["accepted", "training_venue"] in assets
    assert ["staging", "stg_training_venue"] in assets


def test_a_department_has_a_role_that_reads_its_own_rows(copy: Copy) -> None:
    with pg_server.server() as running:
        address = pg_server.database(running)
        copy.skills("publish", "--to", address)
        with psycopg.connect(address, autocommit=True) as con, con.transaction():
            con.execute(f"set local role {access.department_role(DEPARTMENT)}")
            seen = con.execute("select distinct department_code from skills.fct_participation").fetchall()
    assert seen == [(DEPARTMENT,)]


def test_a_feed_is_read_in_its_own_words(copy: Copy) -> None:
    decided, _ = decision(copy, "competition", "competition_2025-11.csv")
    assert decided["rows"] == {"received": 2, "accepted": 2, "held": 0, "withdrawn": 0}
    rows = query(
        copy,
        "select project_name, competition_level_code, series_code from fct_competition "
        "where department_code = 'STI' order by competition_id",
    )
    assert rows == [("养老护理员", "5", "0"), ("深圳科技技能大赛", "5", "0")]


def test_a_rule_fires_and_has_a_page(copy: Copy) -> None:
    findings = query(
        copy,
        "select row_number from fct_finding "
        "where rule_code = 'CP090' and submission_id like 'STI-competition-2025-11-%'",
    )
    assert findings == [(3,)]
    assert "赛项名称与赛事名称相同" in (copy.root.reports / "rules" / "CP090.html").read_text("utf-8")
    assert "CP090" in (copy.project / "expectations" / "RULES.md").read_text("utf-8")


def test_a_column_comes_from_the_file_to_the_mart(copy: Copy) -> None:
    assert "venue_name" not in {field.name for field in contract.dataset("competition").fields}
    rows = query(copy, "select venue_name from fct_competition where department_code = 'STI' order by competition_id")
    assert rows == [("深圳会展中心",), (None,)]


def test_a_dataset_is_checked_and_stored(copy: Copy) -> None:
    assert "training_venue" not in contract.names()
    decided, folder = decision(copy, "training_venue", "training_venue_2025.csv")
    assert (decided["outcome"], decided["rows"]["accepted"]) == ("accepted", 1)
    assert (folder / "accepted.parquet").is_file()
    grid = query(copy, "select state from rpt_submission_grid where dataset = 'training_venue' and period = '2025'")
    assert len(grid) == 1


def test_a_target_counts_its_rows(copy: Copy) -> None:
    assert "T20" not in {row["id"] for row in reference.table("targets")}
    figures = query(
        copy, "select actual - opening_balance from rpt_target_progress where target_id = 'T20' and period = '2025'"
    )
    rows = query(
        copy,
        "select count(*) from fct_participation where is_counted and is_completed and program_codes = '11' "
        "and year(event_date) = 2025",
    )
    assert figures == rows
    assert rows[0][0] > 0
    assert "T20" in copy.skills("targets")
    assert "T20" in (copy.project / "expectations" / "compiled" / "aggregate_summary.sql").read_text("utf-8")
