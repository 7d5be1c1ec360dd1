"""What people decide on the command line, as dated records: sign-off, exceptions, releases, closed years.

Each says in one sentence why it cannot be recorded. Ends at `warehouse.store.records`; the next run acts on it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from expectations import compiled
from expectations.versions import rules_version
from ingest import receive
from warehouse.published import publication
from warehouse.store import held_back, records, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, period, reference
from warehouse.vocabulary.errors import OperatorError

_FIGURES = "select target_id, reading, period, actual from rpt_target_progress where year(period_end_date) = $year"


def confirm(root: Root, submission_id: str, preparer: str, reviewer: str) -> records.Confirmation:
    """Two people sign a newest submission of which rows were accepted (统计法第二十四条: 审核、签署)."""
    statuses = register.submission_statuses(receive.deliveries(root), register.decisions(root), rules_version())
    status = next((candidate for candidate in statuses if candidate.decision.submission_id == submission_id), None)
    if status is None:
        raise OperatorError(f"There is no decided submission {submission_id}: its id stands at the foot of its report.")
    if not status.is_newest:
        newest = next(
            other.decision.submission_id
            for other in statuses
            if other.is_newest and other.decision.submission.key == status.decision.submission.key
        )
        raise OperatorError(f"{submission_id} has been replaced by {newest}: confirm that one.")
    if not status.is_current:
        raise OperatorError(f"{submission_id} was {status.decision.outcome}: there is nothing in it to confirm.")
    confirmation = records.Confirmation(
        submission_id, records.named(preparer, "preparer"), records.named(reviewer, "reviewer"), records.now()
    )
    if confirmation.preparer == confirmation.reviewer:
        raise OperatorError("Preparer and reviewer are one person: somebody else must review.")
    if submission_id in records.confirmed(records.read(root, records.Confirmation)):
        raise OperatorError(f"{submission_id} is confirmed already.")
    records.add(root, confirmation)
    return confirmation


def approve(
    root: Root, rule: str, department: str, rows: int, until: dt.date, approved_by: str, reason: str
) -> records.ApprovedException:
    """The bureau lets up to `rows` findings of a rule in one submission of a department pass."""
    reference.check_department(department)
    known = {check.code for name in contract.names() for check in compiled.load(name) if check.severity != "info"}
    if rule not in known:
        raise OperatorError(f"{rule} is no rule that holds or warns of rows: see expectations/RULES.md for the codes.")
    if not reason.strip():
        raise OperatorError("An exception needs a reason.")
    number = len(records.read(root, records.ApprovedException)) + 1
    exception = records.ApprovedException(
        f"EX{number:04d}",
        rule,
        department,
        rows,
        until.isoformat(),
        records.named(approved_by, "approver"),
        reason.strip(),
        records.now(),
    )
    records.add(root, exception)
    return exception


def release(root: Root, submission_id: str, released_by: str, reason: str) -> records.Release:
    """The bureau lets a submission count that the current publication holds back."""
    current = publication.open_current(root)
    held = {failure.submission_id for failure in held_back.of_facts(current.manifest.get("held_back")).failures}
    if submission_id not in held:
        told = f"it holds back {', '.join(sorted(held))}" if held else "it holds nothing back"
        raise OperatorError(f"{submission_id} is not held back in {current.publication_id}: {told}.")
    if not reason.strip():
        raise OperatorError("A release needs a reason.")
    record = records.Release(submission_id, records.named(released_by, "releaser"), reason.strip(), records.now())
    records.add(root, record)
    return record


def close(root: Root, year: int, decided_by: str) -> records.FinalYear:
    """The bureau closes a year with its figures as published now."""
    ended = period.Period(dt.date(year, 1, 1), 12).end
    current = publication.open_current(root)
    if ended.isoformat() >= current.manifest["as_of_date"]:
        raise OperatorError(f"{year} has not ended in the current publication ({current.manifest['as_of_date']}).")
    if any(closed.year == year for closed in records.read(root, records.FinalYear)):
        raise OperatorError(f"{year} is closed already: what changes now is marked as revised.")
    with current.connect() as con:
        figures = con.execute(_FIGURES, {"year": year}).fetchall()
    if not figures:
        raise OperatorError(f"The current publication has no figures of {year}.")
    final_year = records.FinalYear(
        year,
        current.publication_id,
        records.named(decided_by, "decider"),
        {f"{target}|{reading}|{name}": _text(actual) for target, reading, name, actual in figures},
        records.now(),
    )
    records.add(root, final_year)
    return final_year


def _text(actual: Decimal | None) -> str | None:
    return None if actual is None else str(actual)
