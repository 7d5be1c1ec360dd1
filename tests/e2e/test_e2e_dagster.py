"""What Dagster shows after the demo's run: each feed as the publication says it is, green runs, and few events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import dagster as dg
import openpyxl
import pytest

from ingest import feed as feeds
from orchestration.defs import feed_checks, target_checks
from orchestration.pipeline.feed_health import NEWEST_DELIVERY, ON_TIME
from pages.gather import sources
from pages.gather.told_grid import told_grid
from tests.e2e.harness import AS_OF, Skills
from tests.pages.report_html import Page
from warehouse.published import publication
from warehouse.store.data_root import Root

LATE = """
select distinct dataset, department_code from rpt_submission_grid
where due_date < as_of_date and (state = 'missing' or standing = 'refused')
"""
REFUSED = """
with newest as (
    from fct_submission qualify row_number() over (partition by unit_code, dataset order by received_at desc) = 1
)
select distinct dataset, department_code from newest where outcome in ('rejected', 'unreadable')
"""
PLANNED = (
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
)


@contextmanager
def instance_of(root: Root) -> Iterator[dg.DagsterInstance]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_HOME", str(root.dagster))
        with dg.DagsterInstance.get() as instance:
            yield instance


def told(instance: dg.DagsterInstance, keys: list[dg.AssetCheckKey]) -> dict[dg.AssetCheckKey, dg.AssetCheckEvaluation]:
    """What was told last of each check."""
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    events = {key: record.event.dagster_event for key, record in records.items() if record.event}
    return {key: event.asset_check_evaluation_data for key, event in events.items() if event}


def red(evaluations: dict[dg.AssetCheckKey, dg.AssetCheckEvaluation], name: str) -> set[tuple[str, str]]:
    """Dataset and department of the feeds that are red by a check."""
    return {
        (key.asset_key.path[1], key.asset_key.path[2])
        for key, event in evaluations.items()
        if key.name == name and not event.passed and event.severity == dg.AssetCheckSeverity.ERROR
    }


def test_the_grid_as_it_is_told_is_the_published_one(skills: Skills) -> None:
    current = publication.open_current(skills.root)
    with sources.connected(skills.root, current) as connection:
        published = sources.rows(
            connection, "from published.rpt_submission_grid order by unit_code, dataset, due_date, period"
        )
        assert told_grid(connection) == published


def test_feeds_are_red_where_the_publication_says_so_and_the_runs_are_green(skills: Skills) -> None:
    with publication.open_current(skills.root).connect() as con:
        late, refused = set(con.execute(LATE).fetchall()), set(con.execute(REFUSED).fetchall())
    with instance_of(skills.root) as instance:
        evaluations = told(instance, [spec.key for spec in feed_checks.SPECS])
        assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS}
    assert len(evaluations) == 2 * len(feeds.feeds()), "no source was ever away"
    assert late and red(evaluations, ON_TIME) == late
    assert refused and red(evaluations, NEWEST_DELIVERY) == refused


def test_every_target_says_how_it_stands(skills: Skills) -> None:
    with instance_of(skills.root) as instance:
        evaluations = told(instance, [spec.key for spec in target_checks.SPECS])
    assert len(evaluations) == len(target_checks.SPECS)
    assert {event.passed for event in evaluations.values()} == {True, False}


def test_the_status_page_leads_into_the_reports_from_anywhere(skills: Skills, tmp_path: Path) -> None:
    out = tmp_path / "状态.html"
    skills("status", "--html", str(out))
    links = [unquote(address).partition("#")[0] for address in Page(out.read_text("utf-8")).addresses()]
    assert len(links) > len(feeds.feeds())
    assert not [link for link in links if link and not (tmp_path / link).is_file()]


def events(root: Root) -> dict[str, list[str]]:
    """Run → the kinds of its events, but for what Dagster plans of each asset."""
    with instance_of(root) as instance:
        return {
            run.run_id: [
                str(record.dagster_event_type)
                for record in instance.all_logs(run.run_id)
                if record.dagster_event_type not in PLANNED
            ]
            for run in instance.get_runs()
        }


def correct(root: Root) -> None:
    """One file with a row less."""
    [path] = [path for path in Path(root.inbox / "CAB").iterdir() if path.name == "培训人次实名制明细_2026年1月.xlsx"]
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    sheet.delete_rows(sheet.max_row - 1)
    workbook.save(path)
    path.with_name(f"{path.name}.done").touch()


@pytest.mark.soak
def test_a_run_with_nothing_new_has_no_event_and_a_correction_few(after_run: Skills) -> None:
    """The first one tells all anew, since links lead into a copied root, and builds all models."""
    correct(after_run.root)
    after_run("run", "--as-of", AS_OF)
    before = events(after_run.root)
    after_run("run", "--as-of", AS_OF)
    assert events(after_run.root) == before
    correct(after_run.root)
    after_run("run", "--as-of", AS_OF)
    new = [kinds for run_id, kinds in events(after_run.root).items() if run_id not in before]
    told_of = [kinds.count(str(dg.DagsterEventType.ASSET_CHECK_EVALUATION)) for kinds in new]
    assert len(new) == 2 and sum(told_of) <= 10, told_of
    assert sum(map(len, new)) < 100, "of 97 models those alone that changed are told of"
