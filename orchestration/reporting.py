"""Writes the reports site from decisions, the register and the publication; only pages that say something new."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from expectations import compiled
from expectations.report import bureau as bureau_html
from expectations.report import department as department_html
from expectations.report import files, site, submission
from orchestration.run import Run
from warehouse import publication, register
from warehouse.register import Standing

_TOP_RULES = """
select f.rule, f.severity, any_value(f.message) as message, any_value(f.fix) as fix,
    count(*) as findings, count(distinct f.submission_id) as submissions
from read_parquet($finding) as f
inner join read_parquet($submission) as s using (submission_id)
where s.is_newest and ($department is null or s.department_code = $department) and f.severity <> 'info'
group by f.rule, f.severity
order by f.severity, findings desc, f.rule
limit 20
"""


def _fetch(con: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    result = con.execute(sql, parameters)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _query(sql: str, **parameters: Any) -> list[dict[str, Any]]:
    with duckdb.connect() as con:
        return _fetch(con, sql, **parameters)


def _register(run: Run, table: str, where: str = "true", **parameters: Any) -> list[dict[str, Any]]:
    path = str(run.root.register / f"{table}.parquet")
    return _query(f"select * from read_parquet($path) where {where}", path=path, **parameters)


def _top_rules(run: Run, department: str | None) -> list[dict[str, Any]]:
    return _query(_TOP_RULES, finding=str(run.root.register / "finding.parquet"),
                  submission=str(run.root.register / "submission.parquet"), department=department)


def _unrecognised(run: Run, department: str | None) -> list[dict[str, Any]]:
    where = "submission_id is null and ($department is null or department_code = $department)"
    return _register(run, "delivery", where, department=department)


def _grid(run: Run, department: str) -> list[dict[str, Any]]:
    """The grid as last published; a build that failed leaves the one before it."""
    current = publication.current(run.root)
    if current is None:
        return []
    with current.connect() as con:
        return _fetch(con, "from rpt_submission_grid where $code is null or department_code = $code", code=department)


def department(run: Run, code: str) -> int:
    """Writes a department's index and the reports of its submissions; how many files changed."""
    with run.stages.stage("report", code):
        standing = [one for one in run.standing if one.decision.submission.department == code]
        rows = _register(run, "submission", "department_code = $code", code=code)
        findings: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for finding in _query(
            "select f.* from read_parquet($finding) as f inner join read_parquet($submission) as s "
                 "using (submission_id) where s.department_code = $code",
            finding=str(run.root.register / "finding.parquet"),
            submission=str(run.root.register / "submission.parquet"), code=code,
        ):
            findings[finding["submission_id"]].append(finding)
        due = {(row["dataset"], row["unit_code"], row["period"]): row["due_date"]
               for row in _register(run, "expected", "department_code = $code", code=code)}
        changed = sum(_submission(run, one, findings[one.decision.submission_id], standing, due) for one in standing)
        page = department_html.department_page(
            code, run.as_of, _grid(run, code), rows, _top_rules(run, code), _unrecognised(run, code))
        return changed + files.write(run.root.reports / site.department_index(code), page)


def _submission(
    run: Run, one: Standing, findings: Sequence[Mapping[str, Any]], standing: Sequence[Standing],
    due: Mapping[tuple[str, str, str], dt.date],
) -> int:
    """The files of one submission, unless they were written from the same facts already."""
    decision = one.decision
    same_key = [other for other in standing if other.decision.submission.key == decision.submission.key]
    newest = next(other.decision.submission_id for other in same_key if other.is_newest)
    current = next((other.decision.submission_id for other in same_key if other.is_current), None)
    context = submission.Context(
        across=[finding for finding in findings if finding["scope"] == "across"],
        basis=compiled.basis(decision.submission.dataset),
        delivered_at=register.moment(one.delivered_at),
        due_date=due.get(decision.submission.key),
        replaced_by=None if one.is_newest else newest,
        still_counts=current if one.is_newest and not one.is_current else None,
        in_site=True,
    )
    own = [finding for finding in findings if finding["scope"] == "submission"]
    facts = json.dumps([decision.to_json(), own, dataclasses.asdict(context), submission.VERSION],
                       default=str, sort_keys=True)
    digest = hashlib.sha256(facts.encode()).hexdigest()
    folder = run.root.reports / decision.submission.unit
    seal = folder / ".facts" / decision.submission_id
    if seal.is_file() and seal.read_text("ascii") == digest:
        return 0
    changed = sum(files.write(folder / name, text)
                  for name, text in submission.submission_files(decision, own, context).items())
    files.write(seal, digest)
    return changed


def bureau(run: Run) -> int:
    """Writes the bureau's page from the current publication; 1 when it changed."""
    with run.stages.stage("report", "bureau"):
        current = publication.open_current(run.root)
        with current.connect() as con:
            def rows(table: str) -> list[dict[str, Any]]:
                return _fetch(con, f"from {table}")

            page = bureau_html.bureau_page(
                run.as_of, rows("rpt_target_progress"), rows("rpt_participation_month"), rows("rpt_submission_grid"),
                _top_rules(run, None), _unrecognised(run, None), current.publication_id,
                rows("rpt_target_breakdown"),
            )
        return int(files.write(run.root.reports / site.BUREAU, page))


