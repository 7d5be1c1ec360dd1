"""The sheets by which units answer whether a submission replaces what stands: each is taken once, as an answer or, with
a sentence that says why not, as a delivery that changed nothing.

What a sheet says is `ingest.confirmation_sheet`. Ends at records, and at deliveries as pages tell them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest import confirmation_sheet, receive
from ingest.pool import Pool
from orchestration.pipeline import history, sign_off
from warehouse.store import records
from warehouse.store.data_root import Root
from warehouse.store.records import ReplacementAnswer, UnusedAnswer
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary.submission import Delivery

_UNKNOWN = "没有等待确认的这份报送，请核对报送编号。"
_ANSWERED = "这份报送已经答复，不再等待确认；以先到的答复为准。"
_LAPSED = "已过答复期限，这份报送已作放弃处理；仍需替换的，请重新报送整份文件。"
_REPLACED = "这份报送之后又有来件，不再等待确认，不必答复。"
_NOT_ASKED = "这份报送不须确认，不必答复。"


def take(root: Root, dataset: str, as_of: dt.date, readers: Pool) -> None:
    """Records what the new sheets of a dataset's submissions say."""
    for delivery in _new(root, dataset):
        said = _said(receive.content_file(root, delivery), readers)
        unused = said if isinstance(said, str) else _record(root, delivery, said, as_of)
        if unused:
            records.add(root, UnusedAnswer(str(delivery.answers), sheet_of(delivery), unused, delivery.received_at))


def _said(path: Path, readers: Pool) -> confirmation_sheet.Answer | str:
    result = next(result for _, result in readers.run([confirmation_sheet.SheetJob(path)]))
    return confirmation_sheet.UNREADABLE if isinstance(result, str) else result.value


def _record(root: Root, delivery: Delivery, said: confirmation_sheet.Answer, as_of: dt.date) -> str | None:
    """The sentence that says why the answer is not used; null where it is."""
    answer = ReplacementAnswer(
        str(delivery.answers),
        said.is_replacement,
        said.answered_by,
        False,
        "",
        delivery.received_at,
        sheet_of(delivery),
    )
    statuses = history.statuses(root, as_of)
    status = next((status for status in statuses if status.decision.submission_id == answer.submission_id), None)
    if status is None:
        return _UNKNOWN
    return None if sign_off.record(root, status, answer) else _why_not(root, status)


def _why_not(root: Root, status: SubmissionStatus) -> str:
    """Why a submission awaits no answer."""
    answered = {answer.submission_id for answer in records.read(root, ReplacementAnswer)}
    if status.decision.submission_id in answered:
        return _ANSWERED
    if status.refusal == "lapsed":
        return _LAPSED
    return _REPLACED if status.standing in ("superseded", "merged") else _NOT_ASKED


def sheet_of(delivery: Delivery) -> str:
    """What an answer is known by, so that each sheet is taken once."""
    return f"{delivery.sha256[:12]} {delivery.received_at}"


def _new(root: Root, dataset: str) -> list[Delivery]:
    taken = {answer.sheet for answer in records.read(root, ReplacementAnswer)}
    taken |= {answer.sheet for answer in records.read(root, UnusedAnswer)}
    sheets = [delivery for delivery in receive.deliveries(root) if delivery.answers and delivery.dataset == dataset]
    return [delivery for delivery in sheets if not delivery.problem and sheet_of(delivery) not in taken]


def waiting(root: Root, dataset: str) -> list[str]:
    """The sheets of a dataset that came and were not taken yet."""
    return [sheet_of(delivery) for delivery in _new(root, dataset)]


def told(root: Root, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries, with the problem of each sheet that was not used."""
    problems = {unused.sheet: unused.problem for unused in records.read(root, UnusedAnswer)}
    return [
        replace(delivery, problem=problems.get(sheet_of(delivery))) if delivery.answers else delivery
        for delivery in deliveries
    ]
