"""What became of a finding: new, persisting, fixed, reopened; and the answers that stay while a row is unchanged."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations import finding_history
from orchestration.pipeline.working_database import connect
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
    with connect(None) as con, tempfile.TemporaryDirectory() as folder:
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


def line_of(*shas: str) -> list[SubmissionStatus]:
    """A whole file and its corrections."""
    statuses: list[SubmissionStatus] = []
    for sha in shas:
        earlier = tuple(status.decision.submission_id for status in statuses)
        name = stand(sha).decision.submission_id
        supplement = Supplement(earlier[-1], line=(*earlier, name)) if earlier else None
        statuses.append(stand(sha, reading("training_class", supplement=supplement)))
    return statuses


def cell(sheet: str | None, row: int, rule: str = "TC001", field: str = "end_date") -> dict[str, Any]:
    return {"sheet": sheet, "row": row, "rule": rule, "field": field}


def states(line: Sequence[SubmissionStatus], *findings: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(row["submission_id"][-12], row["state"]) for row in told(findings, line)]


FOLLOWED: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("the key was corrected", cell("S", 5), cell("S", 5), ["new", "persisting"]),
    ("a file without sheets", cell(None, 5), cell(None, 5), ["new", "persisting"]),
    ("another row", cell("S", 5), cell("S", 6), ["new", "new"]),
    ("another sheet", cell("S", 5), cell("T", 5), ["new", "new"]),
    ("another field", cell("S", 5), cell("S", 5, field="start_date"), ["new", "new"]),
]


@pytest.mark.parametrize(("before", "after", "expected"), [case[1:] for case in FOLLOWED], ids=[c[0] for c in FOLLOWED])
def test_in_a_correction_a_row_is_known_by_its_place(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    """Its findings have another identity, since that is of the key."""
    line = line_of(A, B)
    findings = [finding(line[0], "x") | before, finding(line[1], "y") | after]
    assert [state for _, state in states(line, *findings)] == expected
    whole = [stand(A), stand(B)]
    assert [state for _, state in states(whole, *findings)] == ["new", "new"]


def test_what_a_correction_of_the_key_did_not_mend_is_not_fixed() -> None:
    line = line_of(A, B, C)
    findings = [finding(status, sha) | cell("S", 5) for status, sha in zip(line, (A, B, C), strict=True)]
    assert remembered(line, *findings) == [
        (A, "new", 1, None, None),
        (B, "persisting", 1, None, None),
        (C, "persisting", 1, None, None),
    ]


COVERED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("a fact of a field of the rule", cell("S", 5, "TC.start_date.type", "start_date"), cell("S", 5), "uncovered"),
    ("a fact of another field", cell("S", 5, "TC.venue_district.listed", "venue_district"), cell("S", 5), "new"),
    ("a fact of another row", cell("S", 6, "TC.start_date.type", "start_date"), cell("S", 5), "new"),
    ("another fact", cell("S", 5, "TC.start_date.type", "start_date"), cell("S", 5, "TC.end_date.type"), "new"),
    ("a rule beside it", cell("S", 5, "TC008", "end_date"), cell("S", 5), "new"),
]


@pytest.mark.parametrize(("before", "after", "expected"), [case[1:] for case in COVERED], ids=[c[0] for c in COVERED])
def test_what_could_not_be_judged_before_is_not_new(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    line = line_of(A, B)
    findings = [finding(line[0], "x") | before, finding(line[1], "y") | after]
    assert states(line, *findings)[-1] == (B, expected)


def test_a_rule_that_yields_to_another_is_uncovered_with_it() -> None:
    """The sex is not compared with a number whose check character is wrong."""
    line = line_of(A, B)
    statuses = [
        replace(
            status,
            decision=replace(status.decision, submission=replace(status.decision.submission, dataset="certificate")),
        )
        for status in line
    ]
    names = [status.decision.submission_id for status in statuses]
    for at, status in enumerate(statuses):
        supplement = Supplement(names[0], line=tuple(names[: at + 1])) if at else None
        read = replace(status.decision.reading, supplement=supplement)
        statuses[at] = replace(status, decision=replace(status.decision, reading=read))
    findings = [
        finding(statuses[0], "x") | cell("S", 5, "PN003", "id_no"),
        finding(statuses[1], "y") | cell("S", 5, "PN012", "sex"),
    ]
    assert [state for _, state in states(statuses, *findings)] == ["new", "uncovered"]
