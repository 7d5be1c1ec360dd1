"""What the page of a department or of one of its district units says: what it owes and sent, what goes wrong, how it
answers, what of it was accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pages.gather import acceptance, deadlines, grid, opening_balance, problems, task_progress
from pages.gather.acceptance import AcceptanceStatement
from pages.gather.acceptance_trend import MonthlyAcceptance, acceptance_trend
from pages.gather.closed_month import closed_figures
from pages.gather.correction_workbook import StandingWorkbooks
from pages.gather.exceptions import masked
from pages.gather.grid import Row, State
from pages.gather.low_quality import LowQuality, low_quality
from pages.gather.month_state import MonthState, month_state
from pages.gather.opening_balance import Balances
from pages.gather.sending import Sending, SendingDay
from pages.gather.sources import Sources
from pages.gather.unreachable import Unreachable, unreachable

_ANSWERS = """
select
    count(*) filter (
        s.represents_key and f.severity = 'warning' and f.explanation is null and f.exception_id is null
    ) as open_warnings,
    count(*) filter (s.represents_key and f.explanation is not null) as explained,
    count(f.fixed_at) as fixed, median(date_diff('day', f.opened_at, f.fixed_at)) as days_to_fix
from finding as f inner join submission as s using (submission_id)
where s.department_code = $code and ($unit is null or s.unit_code = $unit)
"""
_EXCEPTIONS = """
select f.exception_id, count(*) as used from finding as f inner join submission as s using (submission_id)
where s.represents_key and s.department_code = $code and f.exception_id is not null group by f.exception_id
"""


_DIGESTS = """
with told as (
    select department_code, 'submission' as source, hash(hash(s)) as hashed from submission as s
    union all
    select s.department_code, 'finding', hash(hash(f))
    from finding as f inner join submission as s using (submission_id)
    union all
    select department_code, 'delivery', hash(hash(d)) from delivery as d where problem is not null
)
select department_code, source, count(*), sum(hashed), bit_xor(hash(hashed)) from told group by all order by all
"""
_GRID_DIGESTS = """
with told as (select department_code, hash(hash(g)) as hashed from published.rpt_submission_grid as g)
select department_code, 'grid', count(*), sum(hashed), bit_xor(hash(hashed)) from told group by all order by all
"""
_BALANCE_DIGESTS = f"""
with told as (select department_code, hash(hash(b)) as hashed from published.{opening_balance.MART} as b)
select department_code, 'balance', count(*), sum(hashed), bit_xor(hash(hashed)) from told group by all order by all
"""


@dataclass(frozen=True)
class UnitLine:
    """How one reporting unit of a department fares. `overdue_rows`: those whose correction is overdue."""

    unit: str
    counts: Mapping[State, int]
    held_rows: int
    overdue_rows: int


@dataclass(frozen=True)
class DepartmentFacts:
    """Of one department and all its units, but for `monthly_acceptance`, which is of all departments; or of one of its
    district units alone, without what is told of departments only: exceptions, certificates, rates by month.

    `district_unit`: which one; null for the whole department. `grid`: rows of `rpt_submission_grid`; `submissions`:
    rows of `told/submission.parquet`; `rules`: rule, severity, message, fix, findings, submissions, over what stands or
    was returned last; `unrecognised`: rows of `told/delivery.parquet` without a submission; `answers`: open_warnings,
    explained, fixed, days_to_fix (median); `exceptions`: the facts of an approved exception, masked, and used
    (findings); `acceptances`: newest period first. `sending`: where the unit sends, and whom it asks; `workbooks`,
    `cut`: the submissions that have a correction workbook, and those that have one for parts of them. `unreachable`:
    interfaces from which nothing arrives. `tasks`: its own rows of `rpt_task_progress`; `closed_figures`: those of
    `rpt_department_closed_month`. `low_quality`: institutions that it has to see to; `balances`: rows of
    `rpt_opening_balance` of all that the page covers.
    """

    department: str
    as_of: dt.date
    district_unit: str | None = None
    grid: Sequence[Row] = ()
    submissions: Sequence[Mapping[str, Any]] = ()
    rules: Sequence[Mapping[str, Any]] = ()
    unrecognised: Sequence[Mapping[str, Any]] = ()
    answers: Mapping[str, Any] | None = None
    exceptions: Sequence[Mapping[str, Any]] = ()
    acceptances: Sequence[AcceptanceStatement] = ()
    monthly_acceptance: MonthlyAcceptance = field(default_factory=dict)
    is_demo: bool = False
    sending: Sending | None = None
    workbooks: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    unreachable: Sequence[Unreachable] = ()
    tasks: Sequence[Row] = ()
    month: MonthState | None = None
    closed_figures: Sequence[Row] = ()
    low_quality: Sequence[LowQuality] = ()
    balances: Balances = field(default_factory=Balances)

    @property
    def unit(self) -> str:
        """Whose page it is."""
        return self.district_unit or self.department

    @property
    def has_districts(self) -> bool:
        """Does it tell of several units?"""
        return self.district_unit is None and bool(self.district_units)

    @property
    def district_units(self) -> tuple[str, ...]:
        """Those that owe or sent anything, in the order of their codes."""
        units = {row["unit_code"] for row in (*self.grid, *self.submissions)}
        return tuple(sorted(units - {self.department}))

    @property
    def unit_lines(self) -> list[UnitLine]:
        """The department itself and its district units; none where it has none."""
        if not self.has_districts:
            return []
        return [_line(unit, self.grid) for unit in (self.department, *self.district_units)]

    @property
    def shown(self) -> list[Mapping[str, Any]]:
        """What stands of every key, or was returned last."""
        return [row for row in self.submissions if row["represents_key"]]


def _line(unit: str, rows: Sequence[Row]) -> UnitLine:
    owed = [row for row in rows if row["unit_code"] == unit]
    held = [row for row in owed if grid.state_of(row) == "partly"]
    overdue = [row for row in held if deadlines.is_correction_overdue(row)]
    return UnitLine(
        unit, grid.counts(owed), sum(row["held_rows"] for row in held), sum(row["held_rows"] for row in overdue)
    )


def department(
    sources: Sources, code: str, monthly_acceptance: MonthlyAcceptance, standing: StandingWorkbooks
) -> DepartmentFacts:
    """The grid is the last published one: a build that failed hides no report. `standing`: of the department and its
    units."""
    rows = []
    if sources.current is not None:
        rows = sources.rows("from published.rpt_submission_grid where department_code = $code", code=code)
    submissions = sources.rows("from submission where department_code = $code", code=code)
    signed = frozenset(row["submission_id"] for row in submissions if row["confirmed_at"])
    return DepartmentFacts(
        department=code,
        as_of=sources.as_of,
        grid=rows,
        submissions=submissions,
        rules=problems.top_rules(sources, code),
        unrecognised=problems.unrecognised(sources, code),
        answers=sources.rows(_ANSWERS, code=code, unit=None)[0],
        exceptions=_exceptions(sources, code),
        acceptances=acceptance.acceptances(sources, code, rows, signed),
        monthly_acceptance=monthly_acceptance,
        is_demo=sources.is_demo,
        sending=SendingDay(sources.as_of).of_unit(code),
        workbooks=standing.whole,
        cut=standing.cut,
        unreachable=unreachable(sources, code),
        tasks=task_progress.tasks_of(task_progress.task_rows(sources), code),
        month=month_state(sources),
        closed_figures=closed_figures(sources, code),
        low_quality=low_quality(sources, code),
        balances=opening_balance.balances(sources, code, rows),
    )


def of_unit(sources: Sources, facts: DepartmentFacts, unit: str) -> DepartmentFacts:
    """What the page of one of its district units says: of its own rows alone."""
    return DepartmentFacts(
        department=facts.department,
        as_of=facts.as_of,
        district_unit=unit,
        grid=[row for row in facts.grid if row["unit_code"] == unit],
        submissions=[row for row in facts.submissions if row["unit_code"] == unit],
        rules=problems.top_rules(sources, facts.department, unit),
        unrecognised=[row for row in facts.unrecognised if _came_from(row, unit)],
        answers=sources.rows(_ANSWERS, code=facts.department, unit=unit)[0],
        is_demo=facts.is_demo,
        sending=SendingDay(facts.as_of).of_unit(unit),
        workbooks=facts.workbooks,
        cut=facts.cut,
        unreachable=facts.unreachable,
        tasks=task_progress.tasks_of(task_progress.task_rows(sources), unit),
        month=facts.month,
        balances=facts.balances.of_unit(unit),
    )


def _came_from(row: Mapping[str, Any], unit: str) -> bool:
    """What fits no feed tells of its unit by the folder in which it lay."""
    return bool(row["unit_code"] == unit or row["file_name"].startswith(unit.replace(".", "/") + "/"))


def digests(sources: Sources) -> dict[str, str]:
    """Department → another text whenever a row of the register, the grid or the opening balance is another."""
    rows = sources.connection.execute(_DIGESTS).fetchall()
    if sources.current is not None:
        rows += sources.connection.execute(_GRID_DIGESTS).fetchall()
    if opening_balance.stands(sources):
        rows += sources.connection.execute(_BALANCE_DIGESTS).fetchall()
    by_department: dict[str, list[object]] = {}
    for code, *digest in rows:
        by_department.setdefault(code, []).append(digest)
    return {code: repr(digest) for code, digest in by_department.items()}


def told_beside(sources: Sources, code: str, monthly_acceptance: MonthlyAcceptance, standing: StandingWorkbooks) -> str:
    """Another text whenever the page says something else that `digests` does not tell."""
    stated = {
        period: (stated.since, [(decision.folder_name, decision.checksums) for decision in stated.decisions])
        for period, stated in acceptance.stated_by_period(sources, code).items()
    }
    exceptions = [exception for exception in sources.exceptions if exception.department == code]
    trend = acceptance_trend(code, monthly_acceptance)
    workbooks = [sorted(standing.whole), sorted(standing.cut)]
    sending, away = SendingDay(sources.as_of).of_unit(code), unreachable(sources, code)
    sent = (status.decision.submission for status in sources.statuses)
    units = sorted({code} | {submission.unit for submission in sent if submission.department == code})
    tasks = [task_progress.tasks_of(task_progress.task_rows(sources), unit) for unit in units]
    month, low, signed = month_state(sources), low_quality(sources, code), opening_balance.signings(sources, code)
    beside = [exceptions, trend, sending, workbooks, away, tasks, month, closed_figures(sources, code), low, signed]
    return repr([sources.as_of, sources.is_demo, stated, *beside])


def _exceptions(sources: Sources, code: str) -> list[Mapping[str, Any]]:
    used = {row["exception_id"]: row["used"] for row in sources.rows(_EXCEPTIONS, code=code)}
    return [
        vars(masked(exception)) | {"used": used.get(exception.exception_id, 0)}
        for exception in sources.exceptions
        if exception.department == code
    ]
