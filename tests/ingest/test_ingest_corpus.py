"""Every file of the corpus through `skills check`: outcome, columns, counts and findings exactly as declared."""

from __future__ import annotations

import functools
import json
from collections import Counter
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from expectations.check import Batch, check
from expectations.result import as_json
from ingest.pool import Pool
from ingest.read import Job, read_many
from ingest.shape import shape
from tests.ingest.corpus.case import Case
from tests.ingest.corpus.cases import CASES, FILES, expected_file, sent_file
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Submission

NAMES = [case.name for case in CASES]


@functools.cache
def results() -> dict[str, dict[str, Any]]:
    """The JSON of every file, read in one pool and checked all at once, as the pipeline does."""
    results: dict[str, dict[str, Any]] = {}
    submissions = [
        Submission(
            case.base.dataset,
            case.base.department,
            case.base.department,
            case.base.period,
            f"{number:012x}".ljust(64, "0"),
        )
        for number, case in enumerate(CASES)
    ]
    jobs = [
        Job(submission.submission_id, sent_file(case), case.file, case.base.dataset, case.base.department)
        for submission, case in zip(submissions, CASES, strict=True)
    ]
    with Pool() as pool:
        read = list(read_many(jobs, pool))
    for dataset in {case.base.dataset for case in CASES}:
        places = [at for at, case in enumerate(CASES) if case.base.dataset == dataset]
        shaped = shape(
            dataset,
            pa.concat_tables([read[at][0] for at in places]),
            {submissions[at].submission_id: submissions[at] for at in places},
        )
        with duckdb.connect() as con:
            done = check(
                con,
                Batch(contract.dataset(dataset), shaped, [(submissions[at], read[at][1]) for at in places], key=None),
            )
        findings = done.findings.to_pylist()
        for at, decision in zip(places, done.decisions, strict=True):
            mine = [finding for finding in findings if finding["submission_id"] == decision.submission_id]
            results[CASES[at].name] = as_json(decision, mine)
    return results


def told(result: dict[str, Any]) -> dict[str, Any]:
    """The part of the JSON that a case declares."""
    return {
        "outcome": result["outcome"],
        "dataset": result["dataset"],
        "department": result["department"],
        "period": result["period"],
        "file": {name: result["file"][name] for name in ("kind", "encoding", "sheets")},
        "rows": result["rows"],
        "columns": result["columns"],
        "findings": [
            {name: finding[name] for name in ("rule", "severity", "sheet", "row", "cell")}
            for finding in result["findings"]
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_file_is_told_as_declared(case: Case) -> None:
    assert json.loads(expected_file(case).read_text("utf-8")) == case.expected()
    assert told(results()[case.name]) == case.expected()


@pytest.mark.parametrize("case", [case for case in CASES if case.hostile], ids=lambda case: case.name)
def test_a_refusal_is_one_clear_sentence(case: Case) -> None:
    for finding in results()[case.name]["findings"]:
        if finding["row"] is None:
            assert finding["message"].endswith("。")
            assert finding["fix"].endswith("。")
            assert "Traceback" not in finding["message"]


def test_the_corpus_is_as_large_as_it_must_be() -> None:
    assert len(CASES) == len(set(NAMES)) >= 150
    assert sum(case.hostile for case in CASES) >= 30
    covered = Counter(word for case in CASES for word in set(case.covers))
    assert [number for number in range(1, 43) if covered[f"F{number}"] < 2] == []
    kinds = (
        "xlsx",
        "xlsm",
        "xls",
        "xls5",
        "et",
        "ods",
        "html",
        "xml",
        "csv",
        "tsv",
        "semicolon",
        "pipe",
        "utf-16",
        "json",
        "json object",
        "jsonl",
        "zip",
    )
    assert [kind for kind in kinds if covered[kind] < 2] == []


def test_nothing_lies_in_the_corpus_that_no_case_declares() -> None:
    assert sorted(folder.name for folder in FILES.iterdir()) == sorted(NAMES)
