"""What became of a finding: new, persisting, fixed, reopened; and the answers that stay while a row is unchanged."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations import finding_history
from tests.expectations.builder import reading
from warehouse.store.standing import Standing, SubmissionStatus
from warehouse.vocabulary.submission import Decision, Explanation, Reading, Rows, Submission, Supplement
from warehouse.vocabulary.tables import FINDING, HISTORY, JUDGED

A, B, C, D = ("a", "b", "c", "d")
DAYS = {A: "2026-02-01", B: "2026-02-05", C: "2026-02-09", D: "2026-02-15"}


def stand(sha: str, read: Reading | None = None, period: str = "2026-01") -> SubmissionStatus:
    submission = Submission("training_class", "CAB", "CAB", period, sha.ljust(64, "0"))
    decision = Decision(
        submission, "partly_accepted", Rows(2, 1, 1), read or reading("training_class"), 1, (), "r", "f", "p"
    )
    place: Standing = "standing" if sha == D else "superseded"
    moments = f"{DAYS[sha]}T00:00:00+00:00", "2019-01-01T00:00:00+00:00"
    return SubmissionStatus(decision, *moments, ord(sha), place, sha == D, sha == D, True)


def finding(standing: SubmissionStatus, identity: str | None, row: int | None = 1, **facts: Any) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(JUDGED.names)
    return (
        empty
        | {
            "submission_id": standing.decision.submission_id,
            "rule": "TC001",
            "severity": "critical",
            "row_index": row,
            "scope": "submission",
            "finding_identity": identity,
        }
        | facts
    )


def told(findings: Sequence[dict[str, Any]], standing: Sequence[SubmissionStatus]) -> list[dict[str, Any]]:
    """What is written of findings of submissions alone."""
    alone = pa.Table.from_pylist(list(findings), pa.schema(FINDING))
    with duckdb.connect() as con, tempfile.TemporaryDirectory() as folder:
        con.register("own_finding", alone.append_column("place", pa.array(np.arange(alone.num_rows))))
        con.register("across_finding", JUDGED.empty_table())
        finding_history.lay_statuses(con, standing)
        finding_history.lay_findings(con)
        finding_history.remember(con, Path(folder) / "finding.parquet")
        history = pq.read_table(Path(folder) / "finding.parquet")
    assert history.schema == HISTORY
    return list(history.to_pylist())


def remembered(standing: Sequence[SubmissionStatus], *findings: dict[str, Any]) -> list[tuple[Any, ...]]:
    history = told(findings, standing)
    return [
        (
            row["submission_id"][-12],
            row["state"],
            row["opened_at"].day,
            row["fixed_at"] and row["fixed_at"].day,
            row["fixed_by"] and row["fixed_by"][-12],
        )
        for row in history
    ]


def test_a_finding_is_new_persists_is_fixed_and_opens_again() -> None:
    line = [stand(sha) for sha in (A, B, C, D)]
    assert remembered(line, *(finding(line[at], "x") for at in (0, 1, 3))) == [
        (A, "new", 1, None, None),
        (B, "persisting", 1, 9, C),
        (D, "reopened", 15, None, None),
    ]


def test_rows_that_were_not_judged_fix_nothing() -> None:
    line = [stand(A), stand(B, reading("training_class", problem="damaged")), stand(C)]
    assert remembered(line, finding(line[0], "x"), finding(line[2], "x")) == [
        (A, "new", 1, None, None),
        (C, "persisting", 1, None, None),
    ]


def test_a_finding_about_the_file_is_gone_with_the_next_file() -> None:
    line = [stand(A), stand(B, reading("training_class", problem="damaged")), stand(C)]
    assert remembered(line, finding(line[0], "x", row=None)) == [(A, "new", 1, 5, B)]


def test_a_file_refused_beside_what_stands_fixes_nothing() -> None:
    refused = replace(stand(B), standing="refused", has_stood=False)
    line = [stand(A), refused, stand(C)]
    assert remembered(line, finding(line[0], "x"), finding(line[2], "x")) == [
        (A, "new", 1, None, None),
        (C, "persisting", 1, None, None),
    ]


def test_another_period_is_another_line() -> None:
    line = [stand(A), stand(B, period="2026-02")]
    assert remembered(line, finding(line[0], "x")) == [(A, "new", 1, None, None)]


@pytest.mark.parametrize(
    ("token", "rule", "period", "said"),
    [
        ("t", "TC001", "2026-01", "属实"),
        ("t", "TC001", "2026-02", "属实"),  # the same row reported again for another period
        ("u", "TC001", "2026-01", None),  # the row was changed
        ("t", "TC002", "2026-01", None),  # another rule warns
    ],
)
def test_an_answer_holds_while_the_row_is_unchanged(token: str, rule: str, period: str, said: str | None) -> None:
    answer = reading("training_class", supplement=Supplement("x", explained=(Explanation(1, "属实"),)))
    line = [stand(A), stand(B, answer), stand(C, period=period)]
    warned = {"severity": "warning", "row_token": "t"}
    findings = [
        finding(line[0], "x", **warned),
        finding(line[1], "x", **warned),
        finding(line[2], "x", **warned | {"row_token": token, "rule": rule}),
    ]
    history = told(findings, line)
    assert [row["explanation"] for row in history] == [None, "属实", said]
    assert history[1]["explained_at"].day == 5
