"""Writes the reports site from decisions, the register and the publication; only pages that say something new."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from expectations import compiled
from expectations.report import bureau as bureau_html
from expectations.report import department as department_html
from expectations.report import files, site, submission
from orchestration import correcting
from orchestration.run import Run
from warehouse import publication, register
from warehouse.register import Standing

_TOP_RULES = """
select f.rule, f.severity, any_value(f.message) as message, any_value(f.fix) as fix,
    count(*) as findings, count(distinct f.submission_id) as submissions
from finding as f
inner join submission as s using (submission_id)
where s.is_newest and ($code is null or s.department_code = $code) and f.severity <> 'info'
group by f.rule, f.severity
order by f.severity, findings desc, f.rule
limit 20
"""
_UNRECOGNISED = """
from delivery where submission_id is null and ($code is null or department_code = $code) order by delivery_order
"""
_FINDINGS = """
select f.* from finding as f inner join submission as s using (submission_id) where s.department_code = $code
"""
_REGISTER = ("submission", "delivery", "expected", "finding")


@contextmanager
def _facts(run: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """The register's tables, and the publication as `published` where one stands."""
    with duckdb.connect() as con:
        for table in _REGISTER:
            con.execute(f"create view {table} as from '{run.root.register / table}.parquet'")
        current = publication.current(run.root)
        if current is not None:
            con.execute(f"attach '{current.folder / publication.DATABASE}' as published (read_only)")
        yield con


def _rows(con: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    result = con.execute(sql, parameters)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def department(run: Run, code: str) -> int:
    """Writes a department's index and the reports of its submissions; how many files changed.

    The grid is the last published one: a build that failed hides no report.
    """
    with run.stages.stage("report", code), _facts(run) as con:
        findings: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for finding in _rows(con, _FINDINGS, code=code):
            findings[finding["submission_id"]].append(finding)
        due = {(row["dataset"], row["unit_code"], row["period"]): row["due_date"]
               for row in _rows(con, "from expected where department_code = $code", code=code)}
        by_key: dict[tuple[str, str, str], list[Standing]] = defaultdict(list)
        for one in run.standing:
            if one.decision.submission.department == code:
                by_key[one.decision.submission.key].append(one)
        written = [
            (one, changed) for key, same_key in by_key.items() for one in same_key
            if (changed := _submission(run, one, findings[one.decision.submission_id], same_key, due.get(key)))
        ]
        _corrections(run, [one for one, _ in written], findings)
        changed = sum(count for _, count in written)
        grid = []
        if publication.current(run.root) is not None:
            grid = _rows(con, "from published.rpt_submission_grid where department_code = $code", code=code)
        page = department_html.department_page(
            code, run.as_of, grid, _rows(con, "from submission where department_code = $code", code=code),
            _rows(con, _TOP_RULES, code=code), _rows(con, _UNRECOGNISED, code=code),
        )
        return changed + files.write(run.root.reports / site.department_index(code), page)


def _corrections(run: Run, written: Sequence[Standing], findings: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Writes the correction workbooks of the submissions whose reports were written; an older one has none."""
    due = [one.decision for one in written
           if one.is_newest and correcting.is_due(one.decision, _warnings(findings[one.decision.submission_id]))]
    correcting.write(run.root, run.readers, [(decision, findings[decision.submission_id]) for decision in due])
    for one in written:
        if one.decision not in due:
            correcting.path(run.root, one.decision).unlink(missing_ok=True)


def _warnings(findings: Sequence[Mapping[str, Any]]) -> int:
    return sum(finding["severity"] == "warning" for finding in findings)


def _submission(run: Run, one: Standing, findings: Sequence[Mapping[str, Any]], same_key: Sequence[Standing],
                due_date: dt.date | None) -> int:
    """Writes the files of one submission, unless they were written from the same facts already; how many changed."""
    decision = one.decision
    newest = next(other.decision.submission_id for other in same_key if other.is_newest)
    current = next((other.decision.submission_id for other in same_key if other.is_current), None)
    context = submission.Context(
        across=[finding for finding in findings if finding["scope"] == "across"],
        basis=compiled.basis(decision.submission.dataset),
        delivered_at=register.moment(one.delivered_at),
        due_date=due_date,
        replaced_by=None if one.is_newest else newest,
        still_counts=current if one.is_newest and not one.is_current else None,
        correction=(str(correcting.path(run.root, decision).relative_to(run.root.path))
                    if one.is_newest and correcting.is_due(decision, _warnings(findings)) else None),
        in_site=True,
    )
    # A decision never changes, so its folder and checksums stand for it and its own findings.
    facts = [decision.folder_name, decision.checksums, submission.VERSION,
             {name: value for name, value in vars(context).items() if name != "basis"}]
    digest = hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()
    folder = run.root.reports / decision.submission.unit
    seal = folder / ".facts" / decision.submission_id
    if seal.is_file() and seal.read_text("ascii") == digest:
        return 0
    own = [finding for finding in findings if finding["scope"] == "submission"]
    changed = sum(files.write(folder / name, text)
                  for name, text in submission.submission_files(decision, own, context).items())
    files.write(seal, digest)
    return changed


def bureau(run: Run) -> int:
    """Writes the bureau's page from the current publication; 1 when it changed."""
    with run.stages.stage("report", "bureau"), _facts(run) as con:
        page = bureau_html.bureau_page(
            run.as_of, _rows(con, "from published.rpt_target_progress"),
            _rows(con, "from published.rpt_participation_month"), _rows(con, "from published.rpt_submission_grid"),
            _rows(con, _TOP_RULES, code=None), _rows(con, _UNRECOGNISED, code=None),
            publication.open_current(run.root).publication_id, _rows(con, "from published.rpt_target_breakdown"),
        )
        return int(files.write(run.root.reports / site.BUREAU, page))
