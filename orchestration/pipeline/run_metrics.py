"""Figures of the machine for Prometheus: runs, stages, submissions, findings, alerts, what is published, the disk.

Read from what lies in the data root at the moment they are asked for, so that the text file and the endpoint tell the
same. The figures of the warehouse, for BI tools, are `warehouse/metrics.yaml`. Ends at a text in Prometheus' format.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
from prometheus_client import CollectorRegistry, generate_latest, start_http_server, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from orchestration.pipeline import run_log, run_outcomes
from orchestration.pipeline.alerts import alert_log, episodes
from orchestration.pipeline.alerts.kinds import KINDS
from warehouse.published import publication
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

Counts = Iterable[tuple[tuple[str, ...], float]]
"""Values of the labels, and how many have them."""


class House(Collector):
    """All figures of one data root, anew at each look."""

    def __init__(self, root: Root) -> None:
        self._root = root

    def describe(self) -> list[Metric]:
        return []  # else registering would look at everything

    def collect(self) -> Iterator[Metric]:
        for figures in (_runs, _sources, _submissions, _findings, _alerts, _published, _disk):
            try:
                yield from list(figures(self._root))
            except Exception as error:  # what cannot be read leaves a gap, not an empty page
                reason = run_log.reason(error)
                run_log.tell(self._root, "metrics_failed", "error", figures=figures.__name__.strip("_"), reason=reason)


def text(root: Root) -> str:
    return generate_latest(_registry(root)).decode()


def write(root: Root) -> None:
    """Into the file that the settings name, in one move; nothing where they name none, and never a reason to fail."""
    place = settings().metrics.file
    if place is not None:
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_to_textfile(str(place), _registry(root))
            place.chmod(0o644)  # its reader has an account of its own


def serve(root: Root, host: str, port: int) -> tuple[int, Callable[[], None]]:
    """Answers in a thread beside the caller: the port, which the system chooses for 0, and what ends it.
    `OperatorError` where the port is taken."""
    try:
        server, thread = start_http_server(port, host, _registry(root))
    except OSError as error:
        raise OperatorError(f"Metrics cannot be served on {host}:{port} ({error.strerror}): choose another.") from None

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return server.server_port, end


def _registry(root: Root) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(House(root))
    return registry


def _runs(root: Root) -> Iterator[Metric]:
    outcomes = run_outcomes.read(root)
    runs = CounterMetricFamily("skills_runs", "Runs that ended.", labels=["job", "outcome"])
    for job, of_job in sorted(outcomes.counts.items()):
        for outcome, count in sorted(of_job.items()):
            runs.add_metric([job, outcome], count)
    yield runs
    failing = [((work,), float(run.failing_since is not None)) for work, run in outcomes.last.items()]
    yield _gauge("skills_work_failing", "1 where the last run of the work failed.", ["work"], failing)
    last = [((work,), _seconds(run.ended)) for work, run in outcomes.last.items()]
    yield _gauge("skills_work_last_end_timestamp_seconds", "When the work last ended.", ["work"], last)
    stages = [((stage,), seconds) for stage, seconds in outcomes.stages.items()]
    yield _gauge("skills_stage_seconds", "Seconds of a stage in the last run that had it.", ["stage"], stages)


def _submissions(root: Root) -> Iterator[Metric]:
    counts = _counted(root.told / "submission.parquet", "standing", "outcome")
    yield _gauge("skills_submissions", "Submissions decided.", ["standing", "outcome"], counts)


def _findings(root: Root) -> Iterator[Metric]:
    counts = _counted(root.told / "finding.parquet", "severity")
    yield _gauge("skills_findings", "Findings on submissions, as pages tell them.", ["severity"], counts)


def _sources(root: Root) -> Iterator[Metric]:
    """A drop folder that serves all feeds is one source too."""
    away = {source.source for source in pull_log.unreachable(root)}
    sources = [((pull.channel, name), float(name not in away)) for name, pull in pull_log.newest(root).items()]
    yield _gauge("skills_source_reached", "1 where the last look reached it.", ["channel", "source"], sources)
    feeds = Counter(
        "unreachable" if pull.source in away else "reached"
        for pull in pull_log.newest(root).values()
        for _ in pull.feeds
    )
    by_state = [((state,), float(feeds[state])) for state in ("reached", "unreachable")]
    yield _gauge("skills_feeds", "Feeds by whether their source was reached.", ["state"], by_state)


def _alerts(root: Root) -> Iterator[Metric]:
    standing = episodes.standing(episodes.fold(alert_log.read(root)))
    counts = [((kind,), float(len(standing.get(kind, ())))) for kind in KINDS]
    yield _gauge("skills_alerts_open", "Alerts that stand.", ["kind"], counts)


def _published(root: Root) -> Iterator[Metric]:
    current = publication.current_if_whole(root)
    if current is None:
        return
    moment = _seconds(current.manifest["published_at"])
    as_of = dt.datetime.combine(dt.date.fromisoformat(current.manifest["as_of_date"]), dt.time(), clock.ZONE)
    yield GaugeMetricFamily(
        "skills_publication_timestamp_seconds", "When the current publication was made.", value=moment
    )
    yield GaugeMetricFamily(
        "skills_publication_age_seconds", "Its age.", value=max(0.0, clock.now().timestamp() - moment)
    )
    yield GaugeMetricFamily("skills_publication_as_of_timestamp_seconds", "Its day.", value=as_of.timestamp())


def _disk(root: Root) -> Iterator[Metric]:
    usage = shutil.disk_usage(root.path)
    yield GaugeMetricFamily("skills_disk_free_bytes", "Free on the disk of the data root.", value=usage.free)
    yield GaugeMetricFamily("skills_disk_used_bytes", "Used on the disk of the data root.", value=usage.used)


def _counted(table: Path, *columns: str) -> Counts:
    """How many rows have each of the values; nothing where the table was never written."""
    if not table.is_file():
        return []
    rows = pq.read_table(table, columns=list(columns)).group_by(list(columns)).aggregate([([], "count_all")])
    values = zip(*(rows[column].fill_null("").to_pylist() for column in columns), strict=True)
    return list(zip(values, map(float, rows["count_all"].to_pylist()), strict=True))


def _gauge(name: str, description: str, labels: list[str], counts: Counts) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, description, labels=labels)
    for values, count in sorted(counts):
        gauge.add_metric(values, count)
    return gauge


def _seconds(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()
