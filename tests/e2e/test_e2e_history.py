"""History that holds, on the small demo: every figure opens to its rows, two publications tell what moved and why, and
both can be made again."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.conftest import shared
from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import figure_drilldown, mart_files, publication
from warehouse.published.publication import Publication
from warehouse.store import log
from warehouse.vocabulary import reference
from warehouse.vocabulary.project import PROJECT


@dataclass(frozen=True)
class Story:
    """A root with a first and a last publication: in the last a department's file is replaced by its first half, as
    the department confirmed; between them it waited."""

    skills: Skills
    first: Publication
    second: Publication
    digests: dict[str, str]  # of the first publication's files, before the second came


def digests(published: Publication) -> dict[str, str]:
    return {
        str(path.relative_to(published.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(published.folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def story(skills: Skills, tmp_path_factory: pytest.TempPathFactory) -> Story:
    def build(folder: Path) -> None:
        copied = Skills(copy(skills.root, folder))
        first = publication.open_current(copied.root)
        sent = max((copied.root.inbox / "HEA").rglob("*2026-01.json"), key=lambda path: path.stat().st_size)
        told = {"first": first.publication_id, "digests": digests(first)}
        (folder / "story.json").write_text(json.dumps(told), "utf-8")
        content = json.loads(sent.read_bytes())
        [rows] = [name for name, value in content.items() if isinstance(value, list)]
        content[rows] = content[rows][: len(content[rows]) // 2]
        sent.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        os.utime(sent, (time.time(), time.time()))
        copied("run", "--as-of", AS_OF)
        with publication.open_current(copied.root).connect() as con:
            [(waiting,)] = con.execute(
                "select submission_id from fct_submission where keys_sent > 0 and standing = 'awaiting_confirmation'"
            ).fetchall()
        copied("replace", waiting, "--yes", "--by", "张三")
        copied("run", "--as-of", AS_OF)

    root = shared(tmp_path_factory, "history", build)
    kept = json.loads((root.path.parent / "story.json").read_text("utf-8"))
    first = publication.open_publication(root, kept["first"])
    return Story(Skills(root), first, publication.open_current(root), kept["digests"])


def test_every_figure_is_the_sum_of_its_rows(story: Story) -> None:
    with story.second.connect() as con:
        figures = con.execute("select target_id, reading, period, actual from rpt_target_progress").fetchall()
        assert {target for target, *_ in figures} == {row["id"] for row in reference.table("targets")}
        opened = 0
        for target, reading, period, actual in figures:
            drilldown = figure_drilldown.explain(story.second, target, reading, period)
            assert drilldown.total == actual or (drilldown.total is None and not actual), (target, reading, period)
            for parts in (drilldown.components, drilldown.departments, drilldown.submissions):
                assert sum(part.amount for part in parts) == sum(part.amount for part in drilldown.components)
            [(rows, amount)] = con.execute(f"select count(*), sum(amount) from ({drilldown.query})").fetchall()
            assert (rows, amount or 0) == (
                sum(part.rows for part in drilldown.components),
                sum(part.amount for part in drilldown.components),
            )
            opened += rows > 0
    assert opened > 25


def test_from_a_figure_to_files_and_rows(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    said = story.skills("explain", "T09", "--period", "2026", "--csv", str(out)).stdout
    with story.second.connect() as con:
        [(actual,)] = con.execute(
            "select actual from rpt_target_progress where target_id = 'T09' and period = '2026'"
        ).fetchall()
        query = said[said.index("select component") :].rstrip().rstrip(";")
        assert con.execute(f"select sum(amount) from ({query})").fetchall() == [(actual,)]
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(Decimal(row["amount"]) for row in rows) == actual > 0
    for path, digest in {(row["received"], row["sha256"]) for row in rows}:
        assert hashlib.sha256((story.skills.root.path / path).read_bytes()).hexdigest() == digest
        assert digest[:12] in said or len({row["sha256"] for row in rows}) > 20


def test_what_moved_and_because_of_whom(story: Story) -> None:
    difference = json.loads(story.skills("diff", story.first.publication_id, "latest", "--json", "-").stdout)
    assert difference["before"]["publication_id"] == story.first.publication_id
    assert {submission["change"] for submission in difference["submissions"]} == {"added", "superseded"}
    assert {submission["department"] for submission in difference["submissions"]} == {"HEA"}
    [new] = [submission["submission_id"] for submission in difference["submissions"] if submission["change"] == "added"]
    [old] = [submission for submission in difference["submissions"] if submission["change"] == "superseded"]
    assert old["replaced_by"] == new
    assert difference["figures"]
    for figure in difference["figures"]:
        step = Decimal(figure["after"]) - Decimal(figure["before"])
        assert sum(Decimal(cause["after"]) - Decimal(cause["before"]) for cause in figure["causes"]) == step
        assert {old["submission_id"], new} <= {cause["submission_id"] for cause in figure["causes"]}
    tables = {table["name"]: table for table in difference["tables"]}
    told = tables["fct_participation"]
    assert told["rows_after"] - told["rows_before"] == told["come"] - told["gone"] < 0
    shown = story.skills("diff", story.first.publication_id[:-2], "latest").stdout
    assert "被替代" in shown
    assert old["submission_id"] in shown


@pytest.mark.soak
def test_both_can_be_made_again_and_nothing_stays_behind(story: Story) -> None:
    for published in (story.first, story.second):
        said = story.skills("rebuild", published.publication_id).stdout
        tables = published.manifest["tables"]
        assert f"{len(mart_files.files(tables))} Parquet files byte-equal, {len(tables)} DuckDB tables equal" in said
    assert digests(story.first) == story.digests
    assert not (story.skills.root.work / "rebuild").exists()
    assert publication.open_current(story.skills.root).publication_id == story.second.publication_id


@pytest.mark.soak
def test_what_was_known_then_is_the_publication_of_then(story: Story) -> None:
    said = story.skills("rebuild", "--as-of", story.first.manifest["published_at"]).stdout
    assert f"publication {story.first.publication_id} " in said
    assert "stood already" in said
    assert publication.open_current(story.skills.root).publication_id == story.second.publication_id


@pytest.mark.soak
def test_what_was_known_on_a_day_of_the_demos_year_is_a_publication_of_its_own(story: Story, tmp_path: Path) -> None:
    """The demo's deliveries came through the months: a day among them shows those before it, whatever came since."""
    copied = Skills(copy(story.skills.root, tmp_path))
    moment = "2025-12-31T16:00:00+00:00"
    said = copied("rebuild", "--as-of", "2026-01-01T00:00+08:00").stdout
    rebuilt = publication.open_publication(copied.root, said.split()[1])
    entries = log.read(copied.root.deliveries)
    early = {entry.facts["sha256"][:12] for entry in entries if entry.at <= moment and entry.facts["problem"] is None}
    assert 0 < len(early) < len(entries) / 2
    assert {name.rpartition("@")[0][-12:] for name in rebuilt.manifest["decisions"]} == early
    assert (rebuilt.manifest["as_of_date"], rebuilt.manifest["known_at"]) == ("2026-01-01", moment)
    assert rebuilt.manifest["is_demo"]
    assert publication.open_current(copied.root).publication_id == story.second.publication_id
    with rebuilt.connect() as con:
        assert con.execute("select count(*) from fct_participation").fetchall() < [
            (story.second.manifest["tables"]["fct_participation"]["rows"],)
        ]
        assert con.execute("select max(received_at) < '2025-12-31 16:00:00' from fct_submission").fetchall() == [
            (True,)
        ]
        grid = dict(con.execute("select state, count(*) from rpt_submission_grid group by state").fetchall())
    assert grid["on_time"] > grid["late"] > 0


def test_a_changed_log_is_one_sentence(story: Story, tmp_path: Path) -> None:
    copied = Skills(copy(story.skills.root, tmp_path))
    content = copied.root.deliveries.read_bytes()
    copied.root.deliveries.write_bytes(content.replace(b'"size": ', b'"size": 1', 1))
    done = copied("rebuild", "latest", check=False)
    assert done.returncode == 2
    assert "deliveries.jsonl, line 2 does not follow the line before it" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_notebook_for_analysts_runs(story: Story) -> None:
    """Its cells one after the other, as over any house with two publications; what they printed is not kept in it."""
    notebook = json.loads((PROJECT / "docs" / "analysis.ipynb").read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 7
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    done = subprocess.run(
        [sys.executable, "-c", "\n".join("".join(cell["source"]) for cell in cells)],
        env=story.skills.environment | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert story.second.publication_id in done.stdout
