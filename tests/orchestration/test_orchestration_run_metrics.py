"""Metrics tell what lies in the house: in a file in one move, over a real port, and without what cannot be read."""

from __future__ import annotations

import datetime as dt
import urllib.request
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from prometheus_client.parser import text_string_to_metric_families

from orchestration.pipeline import run_metrics, run_outcomes
from orchestration.pipeline.alerts import alert_log, episodes
from orchestration.pipeline.alerts.conditions import Disk, disk_nearly_full
from orchestration.pipeline.run_outcomes import Ended
from orchestration.pipeline.stages import Span
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.store.pull_log import Pull

AT = "2026-03-02T01:00:00+00:00"
Sample = dict[tuple[str, ...], float]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    root = Root(tmp_path / "data").make()
    run_outcomes.add(
        root,
        [
            Ended("run", ("build", "intake", "report"), "success", AT, AT),
            Ended("run", ("build", "intake", "report"), "success", AT, AT),
            Ended("build", ("build",), "failure", AT, "2026-03-02T02:00:00+00:00", "abc", "x"),
        ],
    )
    run_outcomes.add_stages(root, [Span("dbt", 1.0, 3.5), Span("dbt", 4.0, 5.0), Span("publish", 5.0, 6.0)])
    pull_log.record(
        root,
        [
            Pull("a", AT, "sftp", "reached", ("CAB/certificate", "CAB/competition")),
            Pull("b", AT, "http_api", "unreachable", ("EDU/certificate",), reason="x"),
        ],
    )
    root.told.mkdir(parents=True)
    submissions = {"standing": ["standing", "standing", "refused"], "outcome": ["accepted", "accepted", "rejected"]}
    pq.write_table(pa.table(submissions), root.told / "submission.parquet")
    pq.write_table(pa.table({"severity": ["critical", "warning", "warning"]}), root.told / "finding.parquet")
    alert_log.append(root, episodes.changes([], [disk_nearly_full(Disk("/x", 0, 5.0), AT)], [], AT))
    return root


def samples(text: str) -> dict[str, Sample]:
    """Name → values of the labels → value."""
    told: dict[str, Sample] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            told.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return told


def test_what_lies_in_the_house_is_told(root: Root) -> None:
    told = samples(run_metrics.text(root))
    assert told["skills_runs_total"] == {("run", "success"): 2, ("build", "failure"): 1}
    assert told["skills_work_failing"] == {("build",): 1, ("intake",): 0, ("report",): 0}
    ended = dt.datetime.fromisoformat("2026-03-02T02:00:00+00:00").timestamp()
    assert told["skills_work_last_end_timestamp_seconds"]["build",] == ended
    assert told["skills_stage_seconds"] == {("dbt",): 3.5, ("publish",): 1.0}
    assert told["skills_source_reached"] == {("sftp", "a"): 1, ("http_api", "b"): 0}
    assert told["skills_feeds"] == {("reached",): 2, ("unreachable",): 1}
    assert told["skills_submissions"] == {("accepted", "standing"): 2, ("rejected", "refused"): 1}, "outcome, standing"
    assert told["skills_findings"] == {("critical",): 1, ("warning",): 2}
    assert told["skills_alerts_open"]["disk_nearly_full",] == 1
    assert told["skills_alerts_open"]["run_failed",] == 0
    assert told["skills_disk_free_bytes"][()] > 0
    assert "skills_publication_age_seconds" not in told, "nothing is published"


def test_the_file_is_replaced_and_can_be_read_by_its_reader(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "collector" / "skills.prom"
    run_metrics.write(root)
    assert not place.exists(), "nobody asked for it"
    monkeypatch.setenv("SKILLS_METRICS__FILE", str(place))
    run_metrics.write(root)
    first = place.stat().st_ino
    run_metrics.write(root)
    assert place.stat().st_ino != first
    assert [path.name for path in place.parent.iterdir()] == ["skills.prom"]
    assert place.stat().st_mode & 0o777 == 0o644
    assert samples(place.read_text("utf-8"))["skills_runs_total"]["run", "success"] == 2


def test_a_place_that_cannot_be_written_fails_nothing(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.setenv("SKILLS_METRICS__FILE", str(tmp_path / "file" / "skills.prom"))
    run_metrics.write(root)


def test_the_endpoint_tells_what_is_so_at_each_look(root: Root) -> None:
    port, end = run_metrics.serve(root, "127.0.0.1", 0)
    try:
        address = f"http://127.0.0.1:{port}/metrics"
        counts = []
        for _ in range(2):
            with urllib.request.urlopen(address) as answer:
                counts.append(samples(answer.read().decode())["skills_runs_total"]["run", "success"])
            run_outcomes.add(root, [Ended("run", ("build",), "success", AT, AT)])
    finally:
        end()
    assert counts == [2, 3]


def test_what_cannot_be_read_is_left_out_and_the_rest_is_told(root: Root) -> None:
    (root.told / "finding.parquet").write_bytes(b"no table")
    root.run_outcomes.write_text("?", "utf-8")
    told = samples(run_metrics.text(root))
    assert "skills_findings" not in told
    assert "skills_runs_total" not in told
    assert told["skills_submissions"]


def test_a_series_of_failures_began_with_its_first(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    moments = [f"2026-03-0{day}T01:00:00+00:00" for day in range(1, 6)]

    def ends(number: int, outcome: run_outcomes.Outcome) -> str | None:
        run_outcomes.add(root, [Ended("build", ("build",), outcome, AT, moments[number])])
        return run_outcomes.read(root).last["build"].failing_since

    assert [ends(0, "success"), ends(1, "failure"), ends(2, "failure"), ends(3, "canceled"), ends(4, "success")] == [
        None,
        moments[1],
        moments[1],
        moments[1],
        None,
    ]
