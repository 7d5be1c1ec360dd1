"""Writing reports from findings that lie in a table: pages, JSON and CSV of all submissions, by the workers of a run;
and how soon a browser has opened the page of a submission with 5,000 of them.

Three submissions in four have as many findings as one another; one in four has ten times as many, as where a column
was wrong on every row. Memory is that of this process and its workers together.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from expectations import compiled
from ingest.pool import Pool
from pages.gather.submission import SubmissionFacts
from pages.render.submission import submission_page
from pages.write.submission import SubmissionJob, by_workers
from tests.bench.claims import Claim
from tests.bench.parts import Options
from tests.browser import launched, opened
from tests.conftest import BROWSER
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision, FileFacts, MappedColumn, Reading, Rows, SheetReading, Submission
from warehouse.vocabulary.tables import HISTORY

DATASET = "training_record"
SUBMISSIONS = 400
FINDINGS = 300_000
LIMIT_SECONDS, LIMIT_MB = 20.0, 1000.0
PAGE_FINDINGS, LIMIT_OPEN_MS = 5_000, 1000
_DELIVERED = dt.datetime(2026, 2, 9, 8, 30)
_OPENED = "(([page]) => page.loadEventStart - page.responseStart)(performance.getEntriesByType('navigation'))"


def sample_decision(number: int, rows: int) -> Decision:
    sha256 = f"{number:012x}" + "0" * 52
    reading = Reading(
        FileFacts(f"培训人次_{number}.xlsx", sha256, 1_000_000, "xlsx", None, ("明细",)),
        rows=rows,
        columns=tuple(MappedColumn("明细", name, name, letter) for name, letter in (("id_no", "B"), ("class_id", "C"))),
        sheets=(SheetReading("明细", 1, rows, {"header": 1}),),
    )
    return Decision(
        Submission(DATASET, "HRSS", "HRSS", "2026-01", sha256),
        "partly_accepted",
        Rows(rows, rows // 2, rows - rows // 2),
        reading,
        60,
        (),
        "3f9a1c07",
        "b21e77d0",
        "0.1.0",
    )


def findings(decision: Decision, count: int) -> pa.Table:
    """Findings of as many rules as there are, two on a row, each with a value of its own."""
    checks = compiled.load(DATASET)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        check, row = checks[number % len(checks)], number // 2 + 1
        rows.append(
            {
                "submission_id": decision.submission_id,
                "rule": check.code,
                "severity": check.severity,
                "field": check.fields[0],
                "sheet": "明细",
                "row_index": row,
                "row": row + 1,
                "cell": f"B{row + 1}",
                "value": f"44**************{number % 100:02d}",
                "expected": f"不大于 {number}",
                "message": check.message,
                "fix": check.fix,
                "finding_identity": f"{number:032x}",
                "row_token": f"{row:032x}",
                "dataset": DATASET,
                "scope": "submission",
                "state": "persisting",
                "opened_at": _DELIVERED,
            }
        )
    return pa.Table.from_pylist(rows, HISTORY)


def facts(decision: Decision, rows: pa.Table) -> SubmissionFacts:
    return SubmissionFacts(decision, rows, received_at=_DELIVERED, kind="replacement", in_site=True)


def jobs(root: Root, count: int) -> list[SubmissionJob]:
    weights = [10 if number % 4 == 0 else 1 for number in range(SUBMISSIONS)]
    report_jobs = []
    for number, weight in enumerate(weights):
        share = count * weight // sum(weights)
        decision = sample_decision(number, share)
        report_jobs.append(SubmissionJob(root, facts(decision, findings(decision, share))))
    return report_jobs


@contextmanager
def peak() -> Iterator[list[float]]:
    """The highest sum of resident megabytes of this process and its children, looked at every fifth of a second."""
    highest, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            family = [psutil.Process(), *psutil.Process().children(recursive=True)]
            highest[0] = max(
                highest[0], sum(process.memory_info().rss for process in family if process.is_running()) / 1e6
            )

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield highest
    finally:
        ended.set()
        watcher.join()


def measure(options: Options) -> dict[str, Any]:
    """Seconds and megabytes for all reports together, workers started within. `options.size`: findings."""
    count = options.size or FINDINGS
    with tempfile.TemporaryDirectory() as folder, Pool() as pool:
        wanted = jobs(Root(Path(folder)), count)
        with peak() as most:
            begun = time.perf_counter()
            changed = sum(written.changed for _, written in by_workers(pool, wanted))
            seconds = time.perf_counter() - begun
    return {
        "findings": sum(job.facts.findings.num_rows for job in wanted),
        "submissions": len(wanted),
        "files": changed,
        "seconds": round(seconds, 1),
        "peak_mb": round(most[0]),
        "page": _page(),
    }


def _page() -> dict[str, Any]:
    """Milliseconds to write the page of a submission with many findings, and to open it (the least disturbed of
    three)."""
    decision = sample_decision(0, PAGE_FINDINGS)
    rows = findings(decision, PAGE_FINDINGS)
    begun = time.perf_counter()
    text = submission_page(facts(decision, rows))
    written_ms, spent = round((time.perf_counter() - begun) * 1000), []
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(text, "utf-8")
        if BROWSER:
            with launched() as browser:
                for _ in range(3):
                    with opened(browser, page.as_uri()) as shown:
                        spent.append(round(shown.evaluate(_OPENED)))
    return {"findings": PAGE_FINDINGS, "written_ms": written_ms, "opened_ms": min(spent, default=None)}


def show(report: dict[str, Any]) -> None:
    table = Table(
        "findings",
        "submissions",
        "files",
        "seconds",
        "limit",
        "peak MB",
        "limit",
        title="Writing reports",
        title_justify="left",
    )
    table.add_row(
        f"{report['findings']:,}",
        str(report["submissions"]),
        f"{report['files']:,}",
        str(report["seconds"]),
        f"{LIMIT_SECONDS:.0f}",
        str(report["peak_mb"]),
        f"{LIMIT_MB:.0f}",
    )
    console, page = Console(), report["page"]
    console.print(table)
    console.print(
        f"a page of {page['findings']:,} findings written in {page['written_ms']} ms, opened in "
        f"{page['opened_ms']} ms (limit {LIMIT_OPEN_MS} each)"
    )


def claims(report: dict[str, Any]) -> list[Claim]:
    """No limit is told of it but its own, beside the figure."""
    return []
