"""What a department's page says: what it owes and sent, what goes wrong, how it answers, what of it was accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pages.gather import acceptance, problems
from pages.gather.acceptance import AcceptanceStatement
from pages.gather.acceptance_trend import MonthlyAcceptance
from pages.gather.exceptions import masked
from pages.gather.grid import Row
from pages.gather.sources import Sources
from warehouse.published import publication

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
    if publication.current(sources.root) is not None:
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


def _exceptions(sources: Sources, code: str) -> list[Mapping[str, Any]]:
    used = {row["exception_id"]: row["used"] for row in sources.rows(_EXCEPTIONS, code=code)}
    return [
        vars(masked(exception)) | {"used": used.get(exception.exception_id, 0)}
        for exception in sources.exceptions
        if exception.department == code
    ]
