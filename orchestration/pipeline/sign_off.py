"""What people decide on the command line, as dated records: sign-off, answers, exceptions, releases, closed years and
months, back-files that are complete, opening balances that are recognised, what is shown.

Each says in one sentence why it cannot be recorded. Ends at `warehouse.store.records`, on which the next run acts, and
at `current`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from expectations import compiled
from ingest import feed as feeds
from orchestration.pipeline import history, month_end
from orchestration.pipeline.month_end import MonthEnd
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import held_back, records
from warehouse.store.data_root import Root
from warehouse.store.standing import Standing, SubmissionStatus
from warehouse.vocabulary import back_file, clock, contract, period, reference
from warehouse.vocabulary.errors import OperatorError

_WHY: dict[Standing, str] = {
    "standing": "it stands",
    "awaiting_confirmation": "its unit has not confirmed yet that it replaces what stands",
    "held_back": "a data test failed on it, so that it is held back",
    "superseded": "a later one replaced it",
    "merged": "it was merged into a later one",
    "refused": "it was refused",
}
_FIGURES = "select target_id, reading, period, actual from rpt_target_progress where year(period_end_date) = $year"


_DECLARED = """
select sum(declared), case when count(covered) = count(*) then sum(covered) end
from rpt_opening_balance
where unit_code = $unit and target_id = $target and reading = 'main'
"""


def confirm(root: Root, submission_id: str, preparer: str, reviewer: str) -> records.Confirmation:
    """Two people sign a submission that stands (统计法第二十四条: 审核、签署)."""
    status, standing = _located(root, submission_id)
    if not status.stands:
        told = f"{submission_id} does not count ({_WHY[status.standing]})"
        if standing is None:
            raise OperatorError(f"{told}: there is nothing in it to confirm.")
        raise OperatorError(f"{told}; what stands is {standing.decision.submission_id}: confirm that one.")
    confirmation = records.Confirmation(
        submission_id, records.named(preparer, "preparer"), records.named(reviewer, "reviewer"), records.now()
    )
    if confirmation.preparer == confirmation.reviewer:
        raise OperatorError("Preparer and reviewer are one person: somebody else must review.")
    if submission_id in records.confirmed(records.read(root, records.Confirmation)):
        raise OperatorError(f"{submission_id} is confirmed already.")
    records.add(root, confirmation)
    return confirmation


def answer(
    root: Root, submission_id: str, is_replacement: bool, answered_by: str, bureau_reason: str | None
) -> records.ReplacementAnswer:
    """The unit says whether a submission that loses much of what stands replaces it; the bureau may, with a reason."""
    status, _ = _located(root, submission_id)
    if bureau_reason is not None and not bureau_reason.strip():
        raise OperatorError("The bureau answers with a reason only.")
    answer = records.ReplacementAnswer(
        submission_id,
        is_replacement,
        records.named(answered_by, "person who answers"),
        bureau_reason is not None,
        (bureau_reason or "").strip(),
        records.now(),
    )
    if not record(root, status, answer):
        raise OperatorError(f"{submission_id} awaits no confirmation ({_WHY[status.standing]}).")
    return answer


def record(root: Root, status: SubmissionStatus, answer: records.ReplacementAnswer) -> bool:
    """Records an answer to what awaits one, whichever way it came; false where `status` awaits none."""
    if status.standing != "awaiting_confirmation":
        return False
    records.add(root, answer, proof=answer.sheet and f"confirmation sheet {answer.sheet}")
    return True


def _located(root: Root, submission_id: str) -> tuple[SubmissionStatus, SubmissionStatus | None]:
    """A submission, and what stands of its key."""
    statuses = history.statuses(root, clock.today())
    status = next((candidate for candidate in statuses if candidate.decision.submission_id == submission_id), None)
    if status is None:
        raise OperatorError(f"There is no decided submission {submission_id}: its id stands at the foot of its report.")
    key = status.decision.submission.key
    return status, next((other for other in statuses if other.stands and other.decision.submission.key == key), None)


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
        {f"{target}|{reading}|{name}": month_end.amount_text(actual) for target, reading, name, actual in figures},
        records.now(),
    )
    records.add(root, final_year)
    return final_year


def closing(root: Root, month: str) -> MonthEnd:
    """What the bureau is shown before it closes a month: what is open of it, and the figures that would be closed."""
    shown = month_end.month_end(publication.open_current(root), month)
    if str(shown.month) in _closed_months(root):
        raise OperatorError(f"{shown.month} is closed already: skills reopen-month opens it again, with a reason.")
    return shown


def close_month(root: Root, shown: MonthEnd, people: Sequence[str]) -> records.MonthClosing:
    """Two persons of the bureau close a month with the figures that they were shown."""
    both = two_persons(people)
    if publication.open_current(root).publication_id != shown.publication_id:
        raise OperatorError(f"{shown.publication_id} is not shown any more: look at what is open once more.")
    closed = records.MonthClosing(
        str(shown.month),
        shown.publication_id,
        *both,
        False,
        "",
        shown.counts,
        dict(shown.figures),
        list(shown.tasks),
        records.now(),
        dict(shown.department_figures),
    )
    records.add(root, closed)
    return closed


def reopen_month(root: Root, month: str, people: Sequence[str], reason: str) -> records.MonthClosing:
    """Two persons of the bureau open a closed month again, with a reason."""
    closed = _closed_months(root).get(month)
    if closed is None:
        raise OperatorError(f"{month} is not closed.")
    if not reason.strip():
        raise OperatorError("To open a month again needs a reason.")
    both = two_persons(people)
    opened = records.MonthClosing(month, closed.publication_id, *both, True, reason.strip(), {}, {}, [], records.now())
    records.add(root, opened)
    return opened


def _closed_months(root: Root) -> dict[str, records.MonthClosing]:
    return records.closed_months(records.read(root, records.MonthClosing))


def two_persons(people: Sequence[str]) -> tuple[str, str]:
    """The names of two different persons; `OperatorError` for others."""
    if len(people) != 2:
        raise OperatorError(f"A month is closed and opened again by two persons: name both, not {len(people)}.")
    first, second = records.named(people[0], "decider"), records.named(people[1], "second person")
    if first == second:
        raise OperatorError("Both names are one person: a month is closed and opened again by two.")
    return first, second


def sign_back_files(
    root: Root, unit: str, dataset: str, preparer: str, reviewer: str, reopened_because: str | None = None
) -> records.BackFilesSigned:
    """Two people of a unit sign that its back-files of a dataset are complete, all months of the opening balance; or,
    with a reason, that they are open again."""
    feed = feeds.find(unit.partition(".")[0], dataset)
    if unit not in feed.units:
        listed = ", ".join(feed.units)
        raise OperatorError(f"{feed.department} has no unit {unit} for {dataset}; its units are {listed}.")
    if dataset == back_file.TOTALS:
        raise OperatorError(f"{dataset} declares the opening balance: sign for a dataset of rows.")
    if reopened_because is not None and not reopened_because.strip():
        raise OperatorError("To open back-files again needs a reason.")
    signed = records.BackFilesSigned(
        unit,
        dataset,
        reopened_because is None,
        records.named(preparer, "preparer"),
        records.named(reviewer, "reviewer"),
        (reopened_because or "").strip(),
        records.now(),
    )
    if signed.preparer == signed.reviewer:
        raise OperatorError("Preparer and reviewer are one person: somebody else must review.")
    is_complete = (unit, dataset) in records.back_files_complete(records.read(root, records.BackFilesSigned))
    if signed.is_complete == is_complete:
        told = "complete already" if is_complete else "not signed as complete"
        raise OperatorError(f"The back-files of {dataset} by {unit} are {told}.")
    records.add(root, signed)
    return signed


def recognise_balance(
    root: Root, unit: str, target: str, document: str, recognised_by: str
) -> records.BalanceRecognised:
    """The bureau recognises by a document what a unit without rows declared as its opening balance of a target, as the
    current publication has it."""
    current = publication.open_current(root)
    if "rpt_opening_balance" not in current.manifest["tables"]:
        raise OperatorError(f"{current.publication_id} was published before balances were reconciled: call skills run.")
    with current.connect() as con:
        declared, covered = con.execute(_DECLARED, {"unit": unit, "target": target}).fetchall()[0]
    if not declared:
        raise OperatorError(f"{unit} has declared no opening balance of {target}.")
    if covered is None or covered > 0:
        raise OperatorError(
            f"{unit} reports rows of {target}: its back-files say what is true, and it signs when they are complete."
        )
    if not document.strip():
        raise OperatorError("An opening balance is recognised by a document: say its number.")
    recognised = records.BalanceRecognised(
        unit,
        target,
        str(declared),
        document.strip(),
        records.named(recognised_by, "person who recognises it"),
        records.now(),
    )
    records.add(root, recognised)
    return recognised


def use(root: Root, name: str, chosen_by: str, reason: str) -> tuple[Publication, Publication]:
    """Readers are shown this publication from now on, be it older or newer than the current one; the one before, and
    the chosen one."""
    wanted, present = publication.open_publication(root, name), publication.open_current(root)
    if not reason.strip():
        raise OperatorError("To show another publication needs a reason.")
    if wanted.publication_id == present.publication_id:
        raise OperatorError(f"{wanted.publication_id} is the current publication already.")
    actor = records.person(records.named(chosen_by, "decider"))
    publication.make_current(root, wanted, clock.now(), actor, reason.strip())
    return present, wanted
