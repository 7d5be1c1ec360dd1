"""Writes the reports site from decisions, the register and the publication; only pages that say something new."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from expectations import compiled
from expectations.versions import rules_version
from ingest import correction_chain
from ingest.pool import Pool
from pages import site_map, texts
from pages.gather.finding_slices import belonging
from pages.render import acceptance_trend, rule_pages, slices, submission, target_cards
from pages.render import bureau as bureau_html
from pages.render import department as department_html
from pages.render.acceptance_trend import Shares
from pages.render.call_list import calls
from pages.render.grid import csv_text
from pages.write import acceptances, correction_workbooks, files
from pages.write.correction_workbooks import Correction
from pages.write.submission_report import Report
from warehouse.published import publication
from warehouse.store import records, register
from warehouse.store.data_root import Root
from warehouse.store.register import SubmissionStatus
from warehouse.vocabulary import privacy, reference

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
select f.* from finding as f inner join submission as s using (submission_id)
where s.department_code = $code order by f.submission_id
"""
# What became of a finding later is told by the submission that came later.
_DIGESTS = """
select f.submission_id, sum(md5_number_lower(cast(f as varchar))) as digest,
    count(*) filter (f.severity = 'warning' and f.explanation is null and f.exception_id is null) as open_warnings
from (select * exclude (fixed_at, fixed_by) from finding) as f group by f.submission_id
"""
_FIXED = """
select fixed_by as submission_id, rule, severity, any_value(message order by message) as message, count(*) as count
from finding where fixed_by is not null group by fixed_by, rule, severity order by fixed_by, severity, rule
"""
_ANSWERS = """
select
    count(*) filter (
        s.is_newest and f.severity = 'warning' and f.explanation is null and f.exception_id is null
    ) as open_warnings,
    count(*) filter (s.is_newest and f.explanation is not null) as explained,
    count(f.fixed_at) as fixed, median(date_diff('day', f.opened_at, f.fixed_at)) as days_to_fix
from finding as f inner join submission as s using (submission_id) where s.department_code = $code
"""
_EXCEPTIONS = """
select f.exception_id, count(*) as used from finding as f inner join submission as s using (submission_id)
where s.is_newest and s.department_code = $code and f.exception_id is not null group by f.exception_id
"""
_HELD_SINCE = """
select s.department_code, cast(min(f.opened_at) as date) as since
from finding as f inner join submission as s using (submission_id)
where s.is_current and s.is_newest and f.severity = 'critical' and f.exception_id is null and s.held_rows > 0
group by s.department_code
"""
_REGISTER = ("submission", "delivery", "expected", "finding")


@dataclass(frozen=True)
class ReportRun:
    """What the reports are written from and by whom.

    `standing`: every decided submission; `token`: the person token of a message; `readers`: the worker processes;
    `stage(name, what)` times a stage.
    """

    root: Root
    as_of: dt.date
    standing: Sequence[SubmissionStatus]
    exceptions: Sequence[records.ApprovedException]
    token: Callable[[str], str]
    readers: Pool
    stage: Callable[[str, str], AbstractContextManager[None]]


@contextmanager
def _facts(run: ReportRun) -> Iterator[duckdb.DuckDBPyConnection]:
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


def reports(run: ReportRun) -> Iterator[tuple[str, int]]:
    """Writes all reports; `rules`, each department, then `bureau`, with how many of its files changed.

    The grid is the last published one: a build that failed hides no report.
    """
    with _facts(run) as con:
        with run.stage("report", "submissions"):
            writer = _Submissions(run, con)
            shares = acceptance_trend.shares(_rows(con, "from submission"))
        with run.stage("report", "rules"):
            yield "rules", _rules(run)
        for code in reference.codes("department"):
            with run.stage("report", code):
                changed = writer.write(code) + _department(run, con, code, shares)
            yield code, changed
        with run.stage("report", "bureau"):
            changed = _bureau(run, con)
        yield "bureau", changed


class _Submissions:
    """Writes what each submission gets: report, correction workbook, and both again for its slices."""

    def __init__(self, run: ReportRun, con: duckdb.DuckDBPyConnection) -> None:
        self._run, self._con = run, con
        self._kinds = register.kinds(run.standing)
        self._due = {
            (row["dataset"], row["unit_code"], row["period"]): row["due_date"] for row in _rows(con, "from expected")
        }
        self._digests = {row["submission_id"]: row for row in _rows(con, _DIGESTS)}
        self._fixed = _by_submission(_rows(con, _FIXED))
        self._belonging = _by_submission(belonging(con, run.root, run.standing).to_pylist())
        self._confirmed = records.confirmed(records.read(run.root, records.Confirmation))
        self._exceptions = {
            one.exception_id: f"{one.reason}（{privacy.mask_name(one.approved_by)} 批准，至多 {one.rows} 行，"
            f"报告期不晚于 {one.until}）"
            for one in run.exceptions
        }
        by_key: dict[tuple[str, str, str], list[SubmissionStatus]] = defaultdict(list)
        for one in run.standing:
            by_key[one.decision.submission.key].append(one)
        self._newest = {
            key: next(one.decision.submission_id for one in same if one.is_newest) for key, same in by_key.items()
        }
        self._current = {
            key: next((one.decision.submission_id for one in same if one.is_current), None)
            for key, same in by_key.items()
        }

    def write(self, code: str) -> int:
        """The files of one department's submissions that were not written from the same facts already."""
        due = []
        for one in self._run.standing:
            if one.decision.submission.department == code:
                context, digest = self._context(one)
                seal = self._seal(one)
                if not (seal.is_file() and seal.read_text("ascii") == digest):
                    due.append((one, context, digest))
        if not due:
            return 0
        found = _Findings(self._con.execute(_FINDINGS, {"code": code}).to_arrow_table())
        root = self._run.root
        jobs = [Report(root, one.decision, found.of(one), context) for one, context, _ in due]
        to_correct = [(one, context) for one, context, _ in due if context.correction]
        lines = correction_chain.jobs_of(root, [one.decision for one, _ in to_correct])
        corrections = [
            Correction(root, line, one.decision, found.of(one), [part for part, _ in context.slices])
            for (one, context), line in zip(to_correct, lines, strict=True)
        ]
        changed = written(self._run.readers, jobs, corrections)
        for one, context, digest in due:
            self._clear(one, context)
            files.write(self._seal(one), digest)
        return changed

    def _seal(self, one: SubmissionStatus) -> Path:
        return self._run.root.reports / one.decision.submission.unit / ".facts" / one.decision.submission_id

    def _context(self, one: SubmissionStatus) -> tuple[submission.Context, str]:
        """What the report says beside decision and findings; and a digest of all that its files depend on."""
        decision, name = one.decision, one.decision.submission_id
        key = decision.submission.key
        own = self._digests.get(name, {"digest": 0, "open_warnings": 0})
        root = self._run.root
        has_workbook = one.is_newest and correction_workbooks.is_due(decision, own["open_warnings"])
        parts = slices.slices(self._belonging.get(name, []), self._run.token) if has_workbook else []
        confirmed_at = self._confirmed.get(name)
        context = submission.Context(
            delivered_at=register.moment(one.delivered_at),
            due_date=self._due.get(key),
            replaced_by=None if one.is_newest else self._newest[key],
            still_counts=self._current[key] if one.is_newest and not one.is_current else None,
            kind=self._kinds[name],
            fixed=self._fixed.get(name, []),
            exceptions={used: self._exceptions[used] for used in decision.exceptions},
            confirmed_at=register.moment(confirmed_at) if confirmed_at else None,
            correction=_below(root.path, correction_workbooks.path(root, decision)) if has_workbook else None,
            slices=[(part, _below(root.path, correction_workbooks.path(root, decision, part))) for part in parts],
            in_site=True,
        )
        # A decision never changes, so its folder and checksums stand for it.
        facts = [
            decision.folder_name,
            decision.checksums,
            submission.VERSION,
            str(own["digest"]),
            compiled.digest(),
            {
                **vars(context),
                "slices": [(vars(part) | {"rows": sorted(part.rows)}, place) for part, place in context.slices],
            },
        ]
        return context, hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()

    def _clear(self, one: SubmissionStatus, context: submission.Context) -> None:
        """Takes away the workbooks and slices of an earlier time that are no longer due."""
        root, decision = self._run.root, one.decision
        parts = [part for part, _ in context.slices]
        if not context.correction:
            correction_workbooks.path(root, decision).unlink(missing_ok=True)
        pages = root.reports / decision.submission.unit / decision.submission_id
        books = root.corrections / decision.submission.unit / decision.submission_id
        kept = {pages / f"{part.name}.html" for part in parts} | {
            correction_workbooks.path(root, decision, part) for part in parts
        }
        for folder in (pages, books):
            for path in folder.glob("*") if folder.is_dir() else ():
                if path not in kept:
                    path.unlink()
            if folder.is_dir() and not parts:
                shutil.rmtree(folder)


def written(pool: Pool, reports: Sequence[Report], corrections: Sequence[Correction]) -> int:
    """Does the jobs in the pool's workers; how many files changed.

    A worker that dies costs a workbook, since it reads a sender's file; a report is then written here, so that what
    is wrong with it is heard.
    """
    # The longest first, so that no worker ends long after the other.
    longest_first = sorted(corrections, key=lambda one: -one.decision.rows.received)
    jobs: list[Report | Correction] = [*longest_first, *reports]
    changed = 0
    for number, done in pool.run(jobs):
        job = jobs[number]
        if not isinstance(done, str):
            changed += done.value
        elif isinstance(job, Report):
            changed += job.work()
    return changed


class _Findings:
    """A table ordered by submission, to be cut by it."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._places: dict[str, tuple[int, int]] = {}
        offset = 0
        for entry in table["submission_id"].value_counts().to_pylist():
            self._places[entry["values"]] = (offset, entry["counts"])
            offset += entry["counts"]

    def of(self, one: SubmissionStatus) -> pa.Table:
        """A copy: a slice would take the whole table with it into a worker."""
        offset, count = self._places.get(one.decision.submission_id, (0, 0))
        return self._table.take(pa.array(range(offset, offset + count), pa.int64()))


def _by_submission(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["submission_id"]].append(row)
    return found


def _below(root: Path, path: Path) -> str:
    return str(path.relative_to(root))


def _department(run: ReportRun, con: duckdb.DuckDBPyConnection, code: str, shares: Shares) -> int:
    """The department's page, its facts and its certificates of acceptance; how many files changed."""
    grid = []
    if publication.current(run.root) is not None:
        grid = _rows(con, "from published.rpt_submission_grid where department_code = $code", code=code)
    submissions = _rows(con, "from submission where department_code = $code", code=code)
    signed = frozenset(row["submission_id"] for row in submissions if row["confirmed_at"])
    certificates, changed = acceptances.write(run.root, code, grid, run.standing, signed)
    used = {row["exception_id"]: row["used"] for row in _rows(con, _EXCEPTIONS, code=code)}
    rules, unrecognised = _rows(con, _TOP_RULES, code=code), _rows(con, _UNRECOGNISED, code=code)
    answers = _rows(con, _ANSWERS, code=code)[0]
    exceptions = [
        vars(one)
        | {
            "approved_by": privacy.mask_name(one.approved_by),
            "reason": privacy.redact(one.reason),
            "used": used.get(one.exception_id, 0),
        }
        for one in run.exceptions
        if one.department == code
    ]
    facts = {
        "department": code,
        "as_of_date": run.as_of,
        "grid": grid,
        "submissions": submissions,
        "rules": rules,
        "unrecognised": unrecognised,
        "answers": answers,
        "exceptions": exceptions,
        "acceptances": [{"period": one.period, "is_whole": one.is_whole} for one in certificates],
    }
    written = {
        "html": department_html.department_page(
            code, run.as_of, grid, submissions, rules, unrecognised, shares, answers, exceptions, certificates
        ),
        "json": texts.json_text(facts),
        "csv": csv_text(grid),
    }
    return changed + sum(
        files.write(run.root.reports / site_map.department_index(code, ending), text)
        for ending, text in written.items()
    )


def _rules(run: ReportRun) -> int:
    """The pages of the rules, unless they were written from the same rules already; how many changed."""
    facts = [rules_version(), reference.version(), submission.VERSION, compiled.digest()]
    folder = (run.root.reports / site_map.RULES).parent
    seal = folder / ".facts"
    if seal.is_file() and seal.read_text("ascii") == "\n".join(facts):
        return 0
    pages = dict(rule_pages.rule_pages())
    changed = sum(files.write(run.root.reports / place, text) for place, text in pages.items())
    kept = {run.root.reports / place for place in pages}
    for path in folder.glob("*.html"):
        if path not in kept:
            path.unlink()
    files.write(seal, "\n".join(facts))
    return changed


def _bureau(run: ReportRun, con: duckdb.DuckDBPyConnection) -> int:
    """The bureau's page and its facts from the current publication; how many files changed."""
    current = publication.open_current(run.root)
    progress, grid = _rows(con, "from published.rpt_target_progress"), _rows(con, "from published.rpt_submission_grid")
    months, breakdown = (
        _rows(con, f"from published.rpt_{name}") for name in ("participation_month", "target_breakdown")
    )
    rules, unrecognised = _rows(con, _TOP_RULES, code=None), _rows(con, _UNRECOGNISED, code=None)
    held_since = {row["department_code"]: row["since"] for row in _rows(con, _HELD_SINCE)}
    facts = {
        "publication_id": current.publication_id,
        "as_of_date": run.as_of,
        "targets": progress,
        "target_breakdown": breakdown,
        "participation_months": months,
        "grid": grid,
        "calls": [asdict(call) for call in calls(grid, held_since, run.as_of)],
        "rules": rules,
        "unrecognised": unrecognised,
    }
    written = {
        site_map.BUREAU: bureau_html.bureau_page(
            run.as_of,
            progress,
            months,
            grid,
            rules,
            unrecognised,
            current.publication_id,
            breakdown,
            held_since,
            _rows(con, "from submission"),
        ),
        site_map.BUREAU_FACTS: texts.json_text(facts),
        site_map.BUREAU_GRID: csv_text(grid),
        site_map.BUREAU_TARGETS: target_cards.csv_text(progress),
    }
    return sum(files.write(run.root.reports / place, text) for place, text in written.items())
