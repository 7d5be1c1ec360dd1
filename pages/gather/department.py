"""What a department's page says: what it owes and sent, what goes wrong, how it answers, what of it was accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pages.gather import acceptance, problems
from pages.gather.acceptance import AcceptanceStatement
from pages.gather.acceptance_trend import MonthlyAcceptance, acceptance_trend
from pages.gather.exceptions import masked
from pages.gather.grid import Row
from pages.gather.sources import Sources

_ANSWERS = """
select
    count(*) filter (
        s.represents_key and f.severity = 'warning' and f.explanation is null and f.exception_id is null
    ) as open_warnings,
    count(*) filter (s.represents_key and f.explanation is not null) as explained,
    count(f.fixed_at) as fixed, median(date_diff('day', f.opened_at, f.fixed_at)) as days_to_fix
from finding as f inner join submission as s using (submission_id) where s.department_code = $code
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


@dataclass(frozen=True)
class DepartmentFacts:
    """Of one department and all its units, but for `monthly_acceptance`, which is of all departments.

    `grid`: rows of `rpt_submission_grid`; `submissions`: rows of `told/submission.parquet`;
    `rules`: rule, severity, message, fix, findings, submissions, over what stands or was returned last;
    `unrecognised`: rows of `told/delivery.parquet` without a submission; `answers`: open_warnings, explained,
    fixed, days_to_fix (median); `exceptions`: the facts of an approved exception, masked, and used (findings);
    `acceptances`: newest period first.
    """

    department: str
    as_of: dt.date
    grid: Sequence[Row] = ()
    submissions: Sequence[Mapping[str, Any]] = ()
    rules: Sequence[Mapping[str, Any]] = ()
    unrecognised: Sequence[Mapping[str, Any]] = ()
    answers: Mapping[str, Any] | None = None
    exceptions: Sequence[Mapping[str, Any]] = ()
    acceptances: Sequence[AcceptanceStatement] = ()
    monthly_acceptance: MonthlyAcceptance = field(default_factory=dict)
    is_demo: bool = False

    @property
    def has_districts(self) -> bool:
        return any(row["unit_code"] != self.department for row in (*self.grid, *self.submissions))

    @property
    def shown(self) -> list[Mapping[str, Any]]:
        """What stands of every key, or was returned last."""
        return [row for row in self.submissions if row["represents_key"]]


def department(sources: Sources, code: str, monthly_acceptance: MonthlyAcceptance) -> DepartmentFacts:
    """The grid is the last published one: a build that failed hides no report."""
    grid = []
    if sources.current is not None:
        grid = sources.rows("from published.rpt_submission_grid where department_code = $code", code=code)
    submissions = sources.rows("from submission where department_code = $code", code=code)
    signed = frozenset(row["submission_id"] for row in submissions if row["confirmed_at"])
    return DepartmentFacts(
        department=code,
        as_of=sources.as_of,
        grid=grid,
        submissions=submissions,
        rules=problems.top_rules(sources, code),
        unrecognised=problems.unrecognised(sources, code),
        answers=sources.rows(_ANSWERS, code=code)[0],
        exceptions=_exceptions(sources, code),
        acceptances=acceptance.acceptances(sources, code, grid, signed),
        monthly_acceptance=monthly_acceptance,
        is_demo=sources.is_demo,
    )


def digests(sources: Sources) -> dict[str, str]:
    """Department → another text whenever a row of the register or of the grid that its page tells of is another."""
    rows = sources.connection.execute(_DIGESTS).fetchall()
    if sources.current is not None:
        rows += sources.connection.execute(_GRID_DIGESTS).fetchall()
    by_department: dict[str, list[object]] = {}
    for code, *digest in rows:
        by_department.setdefault(code, []).append(digest)
    return {code: repr(digest) for code, digest in by_department.items()}


def told_beside(sources: Sources, code: str, monthly_acceptance: MonthlyAcceptance) -> str:
    """Another text whenever the page says something else that stands neither in the register nor in the grid."""
    stated = {
        period: (stated.since, [(decision.folder_name, decision.checksums) for decision in stated.decisions])
        for period, stated in acceptance.stated_by_period(sources, code).items()
    }
    exceptions = [exception for exception in sources.exceptions if exception.department == code]
    trend = acceptance_trend(code, monthly_acceptance)
    return repr([sources.as_of, sources.is_demo, stated, exceptions, trend])


def _exceptions(sources: Sources, code: str) -> list[Mapping[str, Any]]:
    used = {row["exception_id"]: row["used"] for row in sources.rows(_EXCEPTIONS, code=code)}
    return [
        vars(masked(exception)) | {"used": used.get(exception.exception_id, 0)}
        for exception in sources.exceptions
        if exception.department == code
    ]
