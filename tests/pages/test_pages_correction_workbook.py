"""A correction workbook of any file of the corpus: sent back untouched it changes nothing, and of some rows alone the
same is read as of all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.read import CorrectionChain, Job
from ingest.sent_tables import sent_tables
from pages.gather import correction_workbook as gathered
from pages.render.correction_workbook import workbook
from tests.ingest.corpus.case import Case
from tests.ingest.corpus.cases import CASES, sent_file
from warehouse.vocabulary.submission import Decision, Rows, Submission


def job(case: Case, submission: Submission, path: Path) -> Job:
    return Job(submission.submission_id, path, case.file, submission.dataset, submission.department)


def readable() -> Iterator[Any]:
    """Files with rows, but for those of another dataset, for which there is no workbook."""
    for case in CASES:
        if case.rows[0] and all(rule != "FL007" for rule, *_ in case.findings):
            yield pytest.param(case, id=case.name)


@pytest.mark.parametrize("case", readable())
def test_sent_back_untouched_it_changes_nothing(case: Case, tmp_path: Path) -> None:
    base = case.base
    sent, answer = (
        Submission(base.dataset, base.department, base.department, base.period, digit * 64) for digit in "01"
    )
    first = job(case, sent, sent_file(case))
    before, reading = first.work()
    decision = Decision(sent, "partly_accepted", Rows(reading.rows, reading.rows, 0), reading, 1, (), "r", "f", "p")
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(decision, [], gathered.tables(decision, [first])))
    after, merged = CorrectionChain((first, job(case, answer, path))).work()
    assert after.drop_columns(["submission_id"]).to_pylist() == before.drop_columns(["submission_id"]).to_pylist()
    assert merged.supplement is not None
    assert (merged.supplement.corrected, merged.supplement.added, merged.withdrawn) == (0, 0, 0)


@pytest.mark.parametrize("case", readable())
def test_rows_that_are_asked_for_are_those_of_the_whole(case: Case) -> None:
    base = case.base
    sent = Submission(base.dataset, base.department, base.department, base.period, "0" * 64)
    whole = sent_tables([job(case, sent, sent_file(case))])
    every = [
        (table.sheet, number, row) for table in whole for number, row in zip(table.numbers, table.rows, strict=True)
    ]
    wanted = {(sheet, number) for sheet, number, _ in every[::3]}
    asked = sent_tables([job(case, sent, sent_file(case))], wanted=wanted)
    came = [
        (table.sheet, number, row)
        for table in asked
        for number, row in zip(table.numbers, table.rows, strict=True)
        if (table.sheet, number) in wanted
    ]
    assert came == every[::3]
    assert {table.sheet: (table.headers, table.above) for table in asked} == {
        table.sheet: (table.headers, table.above) for table in whole
    }
