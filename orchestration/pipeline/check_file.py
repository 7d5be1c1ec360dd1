"""`skills check`: one file through the engine of the pipeline; needs neither data root nor key.

Where a data root has a class list, what the file says of classes is judged by it. Stores nothing; what it shows are
`expectations.result` and `pages.render`. Ends at the exit code.
"""

from __future__ import annotations

import functools
import json
import secrets
import tempfile
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations import compiled, lookup, versions
from expectations.check import Batch, check
from expectations.result import as_json, told
from ingest import feed as feeds
from ingest.pool import Pool
from ingest.read import Job, read_many, sha256_of
from ingest.shape import Shaped, shape
from orchestration.pipeline import class_list
from orchestration.pipeline.check_answer import CheckAnswer
from orchestration.pipeline.working_database import connect
from pages.words import SEVERITIES
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, period
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Check, Decision, Submission
from warehouse.vocabulary.tables import read_schema

SHOWN = 20
"""Findings on the terminal; JSON and report hold all."""


def _period(dataset: str, department: str, text: str) -> str:
    """The period, or one sentence that says what is wrong with the words."""
    feed = feeds.find(department, dataset)
    wanted = period.parse(text)
    if wanted is None or not feed.takes(wanted):
        raise OperatorError(
            f"{department} never owes {dataset} for {text}: it reports {feed.cadence}, {feed.first} to {feed.last}."
        )
    return str(wanted)


def _with_what_needs_others(decision: Decision, judged: Collection[str]) -> Decision:
    """Adds the rules across submissions but the `judged` to those that did not run: one file alone says nothing about
    the others."""
    across = tuple(
        Check(check.code, "要与其他报送核对，只检查一份文件时不做。")
        for check in compiled.load(compiled.ACROSS)
        if check.dataset == decision.submission.dataset and check.code not in judged
    )
    return replace(
        decision,
        checks_run=decision.checks_run + len(judged),
        checks_not_run=decision.checks_not_run + across,
        key_id=None,
    )


def checked_file(
    file: Path,
    dataset: str,
    department: str,
    period_text: str,
    readers: Pool | None = None,
    root: Root | None = None,
) -> tuple[Decision, pa.Table]:
    """The decision on one file and its findings (`tables.FINDING`), by the engine of the pipeline.

    Args:
        root: where a class list may stand; the findings by it are the last.
    """
    period_name = _period(dataset, department, period_text)
    digest = sha256_of(file)
    submission = Submission(dataset, department, department, period_name, digest)
    job = Job(submission.submission_id, file.absolute(), file.name, dataset, department)
    with (
        ThreadPoolExecutor(1) as beside,
        nullcontext(readers) if readers else Pool(workers=1) as pool,
        tempfile.TemporaryDirectory() as scratch,
        connect(Path(scratch)) as con,
    ):
        reading_file = beside.submit(lambda: next(read_many([job], pool)))
        get_ready(dataset)
        lookup.install(con)
        rows, reading = reading_file.result()
        shaped = Shaped(dataset, rows, {submission.submission_id: submission})
        del rows
        asking = [] if reading.problem else class_list.checks(dataset)
        classes = class_list.statuses(root) if asking else []
        # Rows are accepted only with tokens; these are nobody's, and end with the folder.
        key = Key(secrets.token_bytes()) if classes else None
        checked = check(con, Batch(contract.dataset(dataset), shaped, [(submission, reading)], key))
        if root is None or not classes:
            return _with_what_needs_others(checked.decisions[0], ()), checked.findings
        by_list = class_list.findings(con, root, classes, checked, Path(scratch))
    judged = [check.code for check in asking]
    return _with_what_needs_others(checked.decisions[0], judged), pa.concat_tables([checked.findings, by_list])


@functools.cache
def get_ready(dataset: str) -> None:
    """Loads while a worker reads the file what checking needs first: rules, code lists, and by shaping a row without
    values all that shaping loads at its first use (0.2 s)."""
    compiled.load(dataset)
    lookup.tables()
    versions.rules_version()
    versions.program_version()
    submission = Submission(dataset, "", "", "", "")
    schema = read_schema(contract.dataset(dataset))
    row = {"submission_id": submission.submission_id, "row_index": 1}
    shape(dataset, pa.Table.from_pylist([row], schema), {submission.submission_id: submission})


def _line(finding: Mapping[str, Any]) -> str:
    """Where, what and how to mend it, as one line on a terminal."""
    place = f"{finding['sheet'] or ''} {finding['cell'] or finding['row'] or ''}".strip() or "整份文件"
    shown = f"“{finding['value']}” " if finding["value"] else ""
    return f"{place}  {SEVERITIES[finding['severity']]}  {shown}{told(finding)}{finding['fix']}"


def _lines(decision: Decision, findings: pa.Table) -> Iterator[str]:
    counts = decision.rows
    yield (
        f"{decision.outcome}: {counts.received} rows received, {counts.accepted} accepted, {counts.held} held, "
        f"{findings.num_rows} findings"
    )
    for finding in findings.slice(0, SHOWN).to_pylist():
        yield f"   {_line(finding)}"
    if findings.num_rows > SHOWN:
        yield f"   … and {findings.num_rows - SHOWN} more: see --json or --report"


@dataclass(frozen=True)
class Asked:
    """A file to check, and as what: its dataset, department and period."""

    file: Path
    dataset: str
    department: str
    period: str


def answer(
    asked: Asked,
    *,
    with_json: bool = True,
    with_pages: bool = False,
    readers: Pool | None = None,
    root: Root | None = None,
) -> CheckAnswer:
    """Checks a file. `readers`: a pool that stands already, for one check at a time. `root`: where a class list may
    stand. What nobody asks for is left out: 5,000 findings as JSON take 0.15 s."""
    decision, findings = checked_file(asked.file, asked.dataset, asked.department, asked.period, readers, root)
    pages = {}
    if with_pages:
        from pages.gather.submission import SubmissionFacts
        from pages.render.submission import submission_texts

        texts = submission_texts(SubmissionFacts(decision, findings))
        pages = {f"{decision.submission_id}.{ending}": text for ending, text in texts.items()}
    return CheckAnswer(
        0 if decision.outcome in ("accepted", "partly_accepted") else 1,
        "\n".join(_lines(decision, findings)),
        json.dumps(as_json(decision, findings), ensure_ascii=False, indent=1) + "\n" if with_json else "",
        pages,
    )
