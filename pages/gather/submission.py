"""What a submission's report says beside the decision: its findings, its neighbours of the same key, who signed it.

Nothing in it changes the outcome. Whole tables are asked once for all submissions; findings by department.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa

from expectations import compiled
from expectations.compiled import Check
from pages.gather import correction_workbook, deadlines
from pages.gather.deadlines import Deadlines
from pages.gather.exceptions import masked
from pages.gather.findings import Finding, Findings, listed
from pages.gather.row_owners import row_owners
from pages.gather.sending import Sending, SendingDay
from pages.gather.slices import Slice, slices
from pages.gather.sources import Sources
from warehouse.store import records, register
from warehouse.store.records import ApprovedException
from warehouse.store.register import Kind, Signing
from warehouse.store.standing import Awaited, SubmissionStatus
from warehouse.vocabulary.submission import CellChange, Decision

Key = tuple[str, str, str]
"""Dataset, unit and period."""
_FINDINGS = """
select f.* from finding as f inner join submission as s using (submission_id)
where s.department_code = '{code}' order by f.submission_id
"""
# What became of a finding later is told by the submission that came later.
_DIGESTS = """
select f.submission_id, cast(sum(hash(hash(f))) as varchar) || '-' || bit_xor(hash(hash(f), 1)) as digest,
    count(*) filter (f.severity = 'warning' and f.explanation is null and f.exception_id is null) as open_warnings
from (select * exclude (fixed_at, fixed_by) from finding) as f group by f.submission_id
"""
_FIXED = """
select fixed_by as submission_id, rule, severity, any_value(message order by message) as message, count(*) as count
from finding where fixed_by is not null group by fixed_by, rule, severity order by fixed_by, severity, rule
"""


_REMARKS = """
select submission_id, arg_max_null(remark, delivery_order) as remark from delivery
where submission_id is not null group by submission_id having arg_max_null(remark, delivery_order) is not null
"""
_RELEASE_DATES = """
select submission_id, held_back_answer_date from submission where held_back_answer_date is not null
"""


@dataclass(frozen=True)
class SubmissionFacts:
    """All that a report says.

    `findings`: rows of `HISTORY` of the submission alone, or of `FINDING` where nothing is remembered; already masked;
    those of scope across were judged against other submissions. `received_at`, `confirmed_at` (when preparer and
    reviewer signed): UTC. `status`: where it stands, null where that is not known; `stands`: the submission of its key
    that does, null where none does. `has_confirmed_other`: another submission of its key that stood once was signed.
    `kind`: the first of its key, a whole file or a supplement. `fixed`: rule, severity, message and count of what the
    last submission of the key had and the submission has no longer. `exceptions`: id → an approved exception, masked.
    `has_workbook`: there is a workbook to correct, and `slices` name the parts that have one too;
    `is_workbook_on_request`: there would be one, had the period not ended long ago.
    `remark`: what is odd about the delivery, one sentence. `is_counted`: what is shown now counts it, where it stands.
    `in_site`: the page stands in the reports site, so that it may link to its neighbours; `sending` is known there.
    `overruled`: what later corrections changed of the cells that this one had changed, each with the later submission.
    """

    decision: Decision
    findings: Findings = ()
    received_at: dt.datetime | None = None
    due_date: dt.date | None = None
    status: SubmissionStatus | None = None
    stands: str | None = None
    kind: Kind = "first"
    fixed: Sequence[Mapping[str, Any]] = ()
    exceptions: Mapping[str, ApprovedException] = field(default_factory=dict)
    confirmed_at: dt.datetime | None = None
    has_confirmed_other: bool = False
    has_workbook: bool = False
    is_workbook_on_request: bool = False
    slices: Sequence[Slice] = ()
    in_site: bool = False
    is_demo: bool = False
    remark: str | None = None
    is_counted: bool = True
    deadlines: Deadlines = field(default_factory=Deadlines)
    sending: Sending | None = None
    overruled: Sequence[tuple[str, CellChange]] = ()
    beside: Sequence[Decision] = ()

    def told(self, findings_digest: str) -> str:
        """All of it but the slices, as text that is another where it says anything else: a decision never changes, so
        its folder and checksums stand for it, and the digest of its findings for them."""
        decision, status = self.decision, self.status
        standing = status and [
            getattr(status, field.name) for field in fields(status) if field.name not in ("decision", "delivery_order")
        ]
        others = [
            getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("decision", "findings", "status", "slices")
        ]
        return repr([decision.folder_name, sorted(decision.checksums.items()), findings_digest, standing, others])

    def workbook_told(self, findings_digest: str) -> str:
        """As `told`, of all that its correction workbook says: a day that passes changes pages, no workbooks, and
        writing these takes most of the time."""
        decision = self.decision
        return repr([decision.folder_name, sorted(decision.checksums.items()), findings_digest, self.has_workbook])

    @property
    def awaited(self) -> Awaited | None:
        """Since when and until when the unit is asked whether it replaces what stands."""
        return self.status.awaited if self.status else None

    @property
    def checks(self) -> Mapping[str, Check]:
        """Code → check, of the dataset."""
        return compiled.of(self.decision.submission.dataset)

    def by_scope(self) -> tuple[list[Finding], list[Finding]]:
        """Findings of the submission itself, and those against other submissions; each worst first."""
        findings = listed(self.findings)
        across = [finding for finding in findings if finding["scope"] == "across"]
        return [finding for finding in findings if finding["scope"] != "across"], across


@dataclass(frozen=True)
class SubmissionIndex:
    """What the register says of all submissions, by submission or by key.

    `findings`: digest and open_warnings; `standing`: what stands; `due_dates` by (dataset, unit, period);
    `counted`: decision folders that the current publication counts; `release_dates`: until when the bureau answers, of
    what it holds back; `overruled`: what later corrections changed of a correction's changes.
    """

    kinds: Mapping[str, Kind]
    due_dates: Mapping[Key, dt.date]
    findings: Mapping[str, Mapping[str, Any]]
    fixed: Mapping[str, Sequence[Mapping[str, Any]]]
    signings: Mapping[str, Signing]
    exceptions: Mapping[str, ApprovedException]
    standing: Mapping[Key, str]
    remarks: Mapping[str, str]
    counted: frozenset[str]
    release_dates: Mapping[str, dt.date]
    sending_day: SendingDay
    overruled: Mapping[str, Sequence[tuple[str, CellChange]]] = field(default_factory=dict)
    corrections: Mapping[str, Decision] = field(default_factory=dict)

    def findings_digest(self, submission_id: str) -> str:
        """Changes when any of its findings does; 0 without any."""
        return str(self.findings[submission_id]["digest"]) if submission_id in self.findings else "0"

    def open_warnings(self, submission_id: str) -> int:
        return int(self.findings[submission_id]["open_warnings"]) if submission_id in self.findings else 0


def index(sources: Sources) -> SubmissionIndex:
    """One look at the register for the reports of all submissions."""
    decisions = [(status, status.decision) for status in sources.statuses]
    current = sources.current
    return SubmissionIndex(
        kinds=register.kinds(sources.statuses),
        due_dates={
            (row["dataset"], row["unit_code"], row["period"]): row["due_date"] for row in sources.rows("from expected")
        },
        findings={row["submission_id"]: row for row in sources.rows(_DIGESTS)},
        fixed=_by_submission(sources.rows(_FIXED)),
        signings=register.signings(
            sources.statuses, records.confirmed(records.read(sources.root, records.Confirmation))
        ),
        exceptions={exception.exception_id: masked(exception) for exception in sources.exceptions},
        standing={decision.submission.key: decision.submission_id for status, decision in decisions if status.stands},
        remarks={row["submission_id"]: row["remark"] for row in sources.rows(_REMARKS)},
        counted=frozenset(current.manifest["submissions"] if current else ()),
        release_dates={row["submission_id"]: row["held_back_answer_date"] for row in sources.rows(_RELEASE_DATES)},
        sending_day=SendingDay(sources.as_of),
        overruled=_overruled(sources.statuses),
        corrections={decision.submission_id: decision for _, decision in decisions if decision.reading.supplement},
    )


def _overruled(statuses: Sequence[SubmissionStatus]) -> dict[str, list[tuple[str, CellChange]]]:
    """By the correction whose cells they were; what was refused changed nothing."""
    overruled: dict[str, list[tuple[str, CellChange]]] = defaultdict(list)
    for status in statuses:
        supplement = status.decision.reading.supplement
        for change in supplement.changes if supplement and status.standing != "refused" else ():
            if change.over:
                overruled[change.over].append((status.decision.submission_id, change))
    return dict(overruled)


def _by_submission(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    gathered: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        gathered[row["submission_id"]].append(row)
    return dict(gathered)


def cut(sources: Sources, facts: Sequence[SubmissionFacts]) -> list[SubmissionFacts]:
    """The same with their slices, where a workbook is to be corrected."""
    wanted = {submission.decision.submission_id for submission in facts if submission.has_workbook}
    owners: dict[str, list[Mapping[str, Any]]] = {}
    if wanted:
        table = row_owners(sources.connection, sources.root, sources.statuses, wanted)
        owners = _by_submission(table.to_pylist())
    return [
        replace(submission, slices=slices(owners.get(submission.decision.submission_id, []), sources.token))
        for submission in facts
    ]


def submission(sources: Sources, known: SubmissionIndex, status: SubmissionStatus) -> SubmissionFacts:
    """The facts of one submission's report in the site, all but the findings and the slices."""
    decision, name = status.decision, status.decision.submission_id
    key, supplement = decision.submission.key, decision.reading.supplement
    is_due = status.is_open and correction_workbook.is_due(decision, known.open_warnings(name))
    is_on_request = is_due and correction_workbook.is_on_request(decision, sources.as_of)
    signing = known.signings[name]
    is_counted = decision.folder_name in known.counted
    told_until = deadlines.of_submission(status, known.release_dates.get(name), sources.as_of)
    is_awaited = is_due or told_until.correct_by is not None or status.awaited is not None
    return SubmissionFacts(
        decision=decision,
        received_at=register.moment(status.received_at),
        due_date=known.due_dates.get(key),
        status=status,
        stands=known.standing.get(key),
        kind=known.kinds[name],
        fixed=known.fixed.get(name, []),
        exceptions={exception_id: known.exceptions[exception_id] for exception_id in decision.exceptions},
        confirmed_at=register.moment(signing.confirmed_at) if signing.confirmed_at else None,
        has_confirmed_other=signing.has_confirmed_other,
        has_workbook=is_due and not is_on_request,
        is_workbook_on_request=is_on_request,
        in_site=True,
        is_demo=sources.is_demo,
        remark=known.remarks.get(name),
        is_counted=is_counted,
        deadlines=told_until,
        sending=known.sending_day.of_submission(
            decision.submission.unit,
            decision.submission.dataset,
            is_awaited=is_awaited or (status.stands and not is_counted),
        ),
        overruled=known.overruled.get(name, ()),
        beside=[known.corrections[other] for other in supplement.beside if other in known.corrections]
        if supplement
        else (),
    )


class DepartmentFindings:
    """The findings of one department's submissions, read at once and cut by submission."""

    def __init__(self, sources: Sources, department: str) -> None:
        self._table = sources.connection.execute(_FINDINGS.format(code=department)).to_arrow_table()
        self._places: dict[str, tuple[int, int]] = {}
        offset = 0
        for entry in self._table["submission_id"].value_counts().to_pylist():
            self._places[entry["values"]] = (offset, entry["counts"])
            offset += entry["counts"]

    def of(self, submission_id: str) -> pa.Table:
        """Rows of `HISTORY`. A copy: a slice would take the whole table with it into a worker."""
        offset, count = self._places.get(submission_id, (0, 0))
        return self._table.take(pa.array(np.arange(offset, offset + count)))
