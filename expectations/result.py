"""A decision and its findings as the JSON of `skills check --json`.

Pure: writes nothing; the same JSON lies beside a report, which `pages` writes. Ends at a dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Decision

_SHOWN = ("rule", "severity", "field", "sheet", "row", "cell", "value", "expected", "message", "fix")


def as_json(
    decision: Decision, findings: pa.Table | Sequence[Mapping[str, Any]], across: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The outcome of one submission; names of files and sheets are masked by content.

    Args:
        findings: rows of `tables.FINDING` of this submission.
        across: those judged against other submissions, which a report knows and `skills check` does not.
    """
    rows = findings.to_pylist() if isinstance(findings, pa.Table) else findings
    reading, submission = decision.reading, decision.submission
    file = reading.file
    return {
        "outcome": decision.outcome,
        "dataset": submission.dataset,
        "department": submission.department,
        "period": submission.period,
        "file": {
            "name": redact(file.name),
            "sha256": file.sha256,
            "bytes": file.bytes,
            "kind": file.kind,
            "encoding": file.encoding,
            "sheets": [redact(name) for name in file.sheets],
        },
        "rows": _rows(decision),
        "columns": {
            "mapped": {redact(header): field for header, field in reading.mapped.items()},
            "ignored": [redact(header) for header in reading.ignored],
            "missing": list(reading.missing),
        },
        "findings": [_finding(row) for row in rows],
        **({"across": [_finding(row) for row in across]} if across else {}),
        "checks": {
            "run": decision.checks_run,
            "not_run": [{"rule": check.rule, "reason": check.reason} for check in decision.checks_not_run],
        },
        "versions": {
            "rules": decision.rules_version,
            "reference": decision.reference_version,
            "program": decision.program_version,
        },
    }


def told(finding: Mapping[str, Any]) -> str:
    """What is wrong, and of this row alone: with which rows it does not go together."""
    return f"{finding['message']}{finding.get('detail') or ''}"


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: redact(row[name]) if name == "sheet" and row[name] else row[name] for name in _SHOWN}
    return shown | {"message": told(row)}


def _rows(decision: Decision) -> dict[str, int]:
    """Withdrawn rows are named where there are any: only a correction workbook withdraws."""
    rows = decision.rows
    counts = {"received": rows.received, "accepted": rows.accepted, "held": rows.held}
    return counts | {"withdrawn": rows.withdrawn} if rows.withdrawn else counts
