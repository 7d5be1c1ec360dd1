"""The decisions of a data root, and the Parquet tables in `work/register/` from which dbt learns what was delivered,
decided and expected.

Deliveries are read by `ingest.receive`, people's records by `records`; which submission stands is `standing`. Ends at
those tables: what dbt makes of them is `dbt_project`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.store import decision_log, decision_texts, held_back
from warehouse.store.data_root import HELD_ROWS, Root
from warehouse.store.held_back import HoldBack
from warehouse.store.integrity import Damaged, Part
from warehouse.store.pull_log import Pull
from warehouse.store.records import BalanceRecognised, FinalYear, MonthClosing, SignalStep
from warehouse.store.standing import COUNTED, Key, SubmissionStatus
from warehouse.vocabulary import clock, deadline, reference, signal
from warehouse.vocabulary import period as periods
from warehouse.vocabulary.back_file import is_back_file
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Decision, Delivery, Expected

Kind = Literal["first", "correction", "replacement", "nothing", "back_file"]


def decisions(root: Root, dataset: str = "") -> dict[str, list[Decision]]:
    """Every decision that stands under `decided/`, of all datasets or one, by submission."""
    by_submission: dict[str, list[Decision]] = {}
    stand = decision_log.told_of(root, dataset) if dataset else decision_log.told(root)
    datasets = {told.dataset for told in stand.values()}
    folders = {name: _folders(root.decided / name) for name in datasets}
    for folder_name, told in stand.items():
        if folder_name in folders[told.dataset]:
            with contextlib.suppress(FileNotFoundError):
                decision = stored(root, folder_name, told)
                by_submission.setdefault(decision.submission_id, []).append(decision)
    return by_submission


def _folders(of_dataset: Path) -> Set[str]:
    """One look instead of one for each decision: 0.01 instead of 0.1 s for 2,300, a dozen times in a run."""
    try:
        with os.scandir(of_dataset) as entries:
            return {entry.name for entry in entries}
    except FileNotFoundError:
        return set()


def any_decision(root: Root, dataset: str, submission_id: str) -> Decision:
    """A stored decision on a submission: under whatever rules, it was read from the same bytes."""
    return min(decisions(root, dataset)[submission_id], key=lambda decision: decision.folder_name)


def stored(root: Root, folder_name: str, told: decision_log.Told) -> Decision:
    """The decision of which a line tells."""
    return _decision(_decision_file(root, folder_name, told), told.sha256, root.decision_texts)


def _decision_file(root: Root, folder_name: str, told: decision_log.Told) -> Path:
    return root.decided.joinpath(told.dataset, folder_name, "decision.json")


def parts(root: Root, folder_name: str, told: decision_log.Told) -> list[Part]:
    """A decision's files and held rows; its `decision.json` alone where that is damaged, for then nothing says what
    the others should be."""
    first = Part(_decision_file(root, folder_name, told), told.sha256)
    try:
        decision = _decision(first.path, told.sha256, root.decision_texts)
    except (Damaged, OSError):
        return [first]
    folder = first.path.parent
    return [
        first,
        *(
            Part(root.held_file(decision) if file == HELD_ROWS else folder / file, sha256)
            for file, sha256 in decision.checksums.items()
        ),
    ]


def keep_texts(root: Root) -> None:
    """What a process that begins later reads of decisions at once, all of them together."""
    places = {told.sha256: _decision_file(root, name, told) for name, told in decision_log.told(root).items()}

    def read(sha256: str) -> bytes | None:
        with contextlib.suppress(OSError):
            return _whole(places[sha256].read_bytes(), sha256)
        return None

    decision_texts.keep(root.decision_texts, places.keys(), read)


@functools.cache
def _decision(path: Path, told: str, kept: Path) -> Decision:
    """A decision never changes once it stands; `told`: the checksum in its line; `kept`: where texts are together."""
    content = decision_texts.text(kept, told) or _whole(path.read_bytes(), told)
    if content is None:
        raise Damaged(f"{path} is damaged: call skills run, which decides the submission again.")
    return Decision.from_json(content)


def _whole(content: bytes, told: str) -> bytes | None:
    return content if hashlib.sha256(content).hexdigest() == told else None


SUBMISSION = pa.schema(
    [
        ("submission_id", pa.string()),
        ("rules_version", pa.string()),
        ("folder_name", pa.string()),
        ("dataset", pa.string()),
        ("department_code", pa.string()),
        ("unit_code", pa.string()),
        ("period", pa.string()),
        ("period_start_date", pa.date32()),
        ("period_end_date", pa.date32()),
        ("outcome", pa.string()),
        ("received_rows", pa.int64()),
        ("accepted_rows", pa.int64()),
        ("held_rows", pa.int64()),
        ("critical_findings", pa.int64()),
        ("warning_findings", pa.int64()),
        ("file_name", pa.string()),
        ("file_kind", pa.string()),
        ("file_bytes", pa.int64()),
        ("received_at", pa.timestamp("us")),
        ("sender_modified_at", pa.timestamp("us")),
        ("delivery_order", pa.int64()),
        ("standing", pa.string()),
        ("refusal", pa.string()),
        ("is_latest", pa.bool_()),
        ("represents_key", pa.bool_()),
        ("keys_standing", pa.int64()),
        ("keys_sent", pa.int64()),
        ("keys_lost", pa.int64()),
        ("asked_date", pa.date32()),
        ("answer_until_date", pa.date32()),
        ("withdrawn_rows", pa.int64()),
        ("submission_kind", pa.string()),
        ("answers", pa.string()),
        ("is_nothing_to_report", pa.bool_()),
        ("excepted_findings", pa.int64()),
        ("confirmed_at", pa.timestamp("us")),
        ("has_confirmed_other", pa.bool_()),
        ("held_back_rows", pa.int64()),
        ("held_back_answer_date", pa.date32()),
    ]
)
DELIVERY = pa.schema(
    [
        ("delivery_order", pa.int64()),
        ("channel", pa.string()),
        ("department_code", pa.string()),
        ("unit_code", pa.string()),
        ("dataset", pa.string()),
        ("period", pa.string()),
        ("file_name", pa.string()),
        ("received_at", pa.timestamp("us")),
        ("sender_modified_at", pa.timestamp("us")),
        ("submission_id", pa.string()),
        ("problem", pa.string()),
        ("answers", pa.string()),
        ("remark", pa.string()),
    ]
)
EXPECTED = pa.schema(
    [
        ("department_code", pa.string()),
        ("unit_code", pa.string()),
        ("dataset", pa.string()),
        ("period", pa.string()),
        ("cadence", pa.string()),
        ("period_start_date", pa.date32()),
        ("period_end_date", pa.date32()),
        ("due_date", pa.date32()),
        ("is_owed", pa.bool_()),
    ]
)
FINAL = pa.schema(
    [
        ("year", pa.int64()),
        ("target_id", pa.string()),
        ("reading", pa.string()),
        ("period", pa.string()),
        ("actual", pa.decimal128(18, 4)),
        ("publication_id", pa.string()),
        ("decided_at", pa.timestamp("us")),
    ]
)
SIGNAL = pa.schema(
    [
        ("signal_id", pa.string()),
        ("state", pa.string()),
        ("facts_digest", pa.string()),
        ("reason", pa.string()),
        ("decided_at", pa.timestamp("us")),
    ]
)
CLOSED_MONTH = pa.schema(
    [
        ("month_date", pa.date32()),
        ("target_id", pa.string()),
        ("reading", pa.string()),
        ("period", pa.string()),
        ("department_code", pa.string()),
        ("task_split", pa.string()),
        ("task_unit_code", pa.string()),
        ("task_version", pa.int64()),
        ("task_document", pa.string()),
        ("amount", pa.decimal128(18, 4)),
        ("publication_id", pa.string()),
        ("closed_at", pa.timestamp("us")),
    ]
)
PULL = pa.schema(
    [
        ("source_name", pa.string()),
        ("channel", pa.string()),
        ("department_code", pa.string()),
        ("dataset", pa.string()),
        ("looked_at", pa.timestamp("us")),
        ("is_reached", pa.bool_()),
        ("new_deliveries", pa.int64()),
        ("refused_deliveries", pa.int64()),
        ("reason", pa.string()),
    ]
)
BACK_FILE_COMPLETION = pa.schema(
    [("unit_code", pa.string()), ("dataset", pa.string()), ("signed_at", pa.timestamp("us"))]
)
BALANCE_RECOGNITION = pa.schema(
    [
        ("unit_code", pa.string()),
        ("target_id", pa.string()),
        ("declared", pa.decimal128(18, 4)),
        ("document", pa.string()),
        ("recognised_at", pa.timestamp("us")),
    ]
)
RUN = pa.schema([("as_of_date", pa.date32()), ("rules_version", pa.string()), ("reference_version", pa.string())])


def moment(text: str) -> dt.datetime:
    """UTC without a zone, as DuckDB and pages take it."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(tzinfo=None)


def _bounds(text: str) -> tuple[dt.date, dt.date]:
    period = periods.parse(text)
    if period is None:
        raise ValueError(f"no period: {text}")
    return period.start, period.end


def kinds(statuses: Iterable[SubmissionStatus]) -> dict[str, Kind]:
    """Submission → a correction (更正), that there is nothing to report (本期无数据), a whole file of a month before
    reporting began (回补), the first of its key that was taken (首报), or a whole file that comes after it
    (整份重报)."""
    kind_of: dict[str, Kind] = {}
    taken: set[Key] = set()
    for status in statuses:
        decision = status.decision
        kind_of[decision.submission_id] = _kind(decision, decision.submission.key in taken)
        if decision.outcome in COUNTED:
            taken.add(decision.submission.key)
    return kind_of


def _kind(decision: Decision, is_later: bool) -> Kind:
    if decision.reading.supplement:
        return "correction"
    if decision.reading.is_nothing:
        return "nothing"
    covered = periods.parse(decision.submission.period)
    if covered is not None and is_back_file(decision.submission.dataset, covered):
        return "back_file"
    return "replacement" if is_later else "first"


@dataclass(frozen=True)
class Signing:
    """When a submission was confirmed, and whether another of its key was that stood once."""

    confirmed_at: str | None
    has_confirmed_other: bool


def signings(statuses: Sequence[SubmissionStatus], confirmed: Mapping[str, str]) -> dict[str, Signing]:
    """By submission."""
    by_key: dict[Key, set[str]] = defaultdict(set)
    for status in statuses:
        if status.has_stood and status.decision.submission_id in confirmed:
            by_key[status.decision.submission.key].add(status.decision.submission_id)
    signing_of = {}
    for decision in (status.decision for status in statuses):
        name = decision.submission_id
        signing_of[name] = Signing(confirmed.get(name), bool(by_key[decision.submission.key] - {name}))
    return signing_of


def _held_back_facts(status: SubmissionStatus, rows: int) -> dict[str, object]:
    """The bureau answers so many working days after the file came."""
    answer_date = None
    if status.standing == "held_back" or rows:
        came = clock.day_of(dt.datetime.fromisoformat(status.received_at))
        answer_date = deadline.after(came, "held_back_answer_workdays")
    return {"held_back_rows": rows, "held_back_answer_date": answer_date}


def _submission_row(
    status: SubmissionStatus, kind: Kind, counts: Mapping[str, int], signing: Signing
) -> dict[str, object]:
    decision = status.decision
    submission, file = decision.submission, decision.reading.file
    start, end = _bounds(submission.period)
    supplement, compared = decision.reading.supplement, status.comparison
    return {
        "submission_id": decision.submission_id,
        "rules_version": decision.rules_version,
        "folder_name": decision.folder_name,
        "dataset": submission.dataset,
        "department_code": submission.department,
        "unit_code": submission.unit,
        "period": submission.period,
        "period_start_date": start,
        "period_end_date": end,
        "outcome": decision.outcome,
        "received_rows": decision.rows.received,
        "accepted_rows": decision.rows.accepted,
        "held_rows": decision.rows.held,
        "critical_findings": counts.get("critical", 0),
        "warning_findings": counts.get("warning", 0),
        "excepted_findings": counts.get("excepted", 0),
        "file_name": redact(file.name),
        "file_kind": file.kind,
        "file_bytes": file.bytes,
        "received_at": moment(status.received_at),
        "sender_modified_at": moment(status.sender_modified_at),
        "delivery_order": status.delivery_order,
        "standing": status.standing,
        "refusal": status.refusal,
        "is_latest": status.is_latest,
        "represents_key": status.represents_key,
        "keys_standing": compared and compared.keys_standing,
        "keys_sent": compared and compared.keys_sent,
        "keys_lost": compared and compared.keys_lost,
        "asked_date": status.awaited and status.awaited.since,
        "answer_until_date": status.awaited and status.awaited.until,
        "withdrawn_rows": decision.rows.withdrawn,
        "submission_kind": kind,
        "answers": supplement.answers if supplement else None,
        "is_nothing_to_report": decision.reading.is_nothing,
        "confirmed_at": moment(signing.confirmed_at) if signing.confirmed_at else None,
        "has_confirmed_other": signing.has_confirmed_other,
    }


def _write(path: Path, rows: Iterable[dict[str, object]], schema: pa.Schema) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows), schema), path)


def copy(folder: Path, to: Path) -> None:
    """The tables of a register and its findings, in another folder."""
    to.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.parquet"):
        staged = to / f".{path.name}"
        shutil.copyfile(path, staged)
        staged.replace(to / path.name)


@dataclass(frozen=True)
class Register:
    """What dbt learns of the data root.

    `deliveries`: in the order received. `counts`: submission → number of findings by severity, and of those `excepted`.
    The findings themselves lie there already. `confirmed`: submission → when (UTC, ISO 8601).
    `back_files_complete`: unit and dataset → when it was signed. `balances_recognised`: by unit and target.
    """

    deliveries: Sequence[Delivery]
    statuses: Sequence[SubmissionStatus]
    expected: Sequence[Expected]
    counts: Mapping[str, Mapping[str, int]]
    as_of: dt.date
    rules_version: str
    reference_version: str
    confirmed: Mapping[str, str] = field(default_factory=dict)
    final_years: Sequence[FinalYear] = ()
    closed_months: Mapping[str, MonthClosing] = field(default_factory=dict)
    held_back: HoldBack = held_back.NOTHING
    pulls: Sequence[Pull] = ()
    signal_steps: Sequence[SignalStep] = ()
    back_files_complete: Mapping[tuple[str, str], str] = field(default_factory=dict)
    balances_recognised: Mapping[tuple[str, str], BalanceRecognised] = field(default_factory=dict)


def write(folder: Path, register: Register) -> None:
    """Writes the register's Parquet tables into a folder; the schemas stand above."""
    kind_of = kinds(register.statuses)
    signing_of = signings(register.statuses, register.confirmed)
    rows_held_back = Counter(submission_id for submission_id, _ in register.held_back.rows)
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "submission.parquet",
        (
            _submission_row(
                status,
                kind_of[status.decision.submission_id],
                register.counts.get(status.decision.submission_id, {}),
                signing_of[status.decision.submission_id],
            )
            | _held_back_facts(
                status,
                rows_held_back[status.decision.submission_id],
            )
            for status in register.statuses
        ),
        SUBMISSION,
    )
    _write(
        folder / "delivery.parquet",
        (
            {
                "delivery_order": number,
                "channel": delivery.channel,
                "department_code": redact(delivery.department),
                "unit_code": delivery.unit,
                "dataset": delivery.dataset,
                "period": delivery.period,
                "file_name": redact(delivery.name),
                "received_at": moment(delivery.received_at),
                "sender_modified_at": moment(delivery.modified_at),
                "remark": delivery.remark,
                "submission_id": delivery.submission.submission_id if delivery.submission else None,
                "problem": delivery.problem and redact(delivery.problem),
                "answers": delivery.answers,
            }
            for number, delivery in enumerate(register.deliveries)
        ),
        DELIVERY,
    )
    _write(
        folder / "expected.parquet",
        (
            {
                "department_code": cell.department,
                "unit_code": cell.unit,
                "dataset": cell.dataset,
                "period": str(cell.period),
                "cadence": cell.period.cadence,
                "period_start_date": cell.period.start,
                "period_end_date": cell.period.end,
                "due_date": cell.due_date,
                "is_owed": cell.is_owed,
            }
            for cell in register.expected
        ),
        EXPECTED,
    )
    _write(folder / "final.parquet", _final_rows(register.final_years), FINAL)
    _write(folder / "closed_month.parquet", _closed_rows(register.closed_months), CLOSED_MONTH)
    _write(folder / "pull.parquet", _pull_rows(register.pulls), PULL)
    _write(folder / "signal.parquet", _signal_rows(register.signal_steps), SIGNAL)
    _write(
        folder / "back_file_completion.parquet",
        (
            {"unit_code": unit, "dataset": dataset, "signed_at": moment(signed_at)}
            for (unit, dataset), signed_at in register.back_files_complete.items()
        ),
        BACK_FILE_COMPLETION,
    )
    _write(
        folder / "balance_recognition.parquet",
        (
            {
                "unit_code": recognition.unit,
                "target_id": recognition.target_id,
                "declared": Decimal(recognition.declared),
                "document": recognition.document,
                "recognised_at": moment(recognition.recorded_at),
            }
            for recognition in register.balances_recognised.values()
        ),
        BALANCE_RECOGNITION,
    )
    _write(
        folder / "run.parquet",
        [
            {
                "as_of_date": register.as_of,
                "rules_version": register.rules_version,
                "reference_version": register.reference_version,
            }
        ],
        RUN,
    )


def _pull_rows(pulls: Iterable[Pull]) -> Iterator[dict[str, object]]:
    """A row for each feed that a look served. Two looks of one second are one: what came at both, in the state of the
    later. A delivery that no feed took is its department's, and not told of here."""
    last: dict[tuple[str, str, str], Pull] = {}
    new, refused = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for pull in pulls:
        for feed in {*pull.feeds, *pull.new, *pull.refused}:
            department, _, dataset = feed.partition("/")
            if dataset and department in reference.codes("department"):
                look = (pull.source, feed, pull.at)
                last[look] = pull
                new[look] += pull.new.get(feed, 0)
                refused[look] += pull.refused.get(feed, 0)
    for look, pull in last.items():
        source, feed, at = look
        department, _, dataset = feed.partition("/")
        yield {
            "source_name": source,
            "channel": pull.channel,
            "department_code": department,
            "dataset": dataset,
            "looked_at": moment(at),
            "is_reached": pull.state == "reached",
            "new_deliveries": new[look],
            "refused_deliveries": refused[look],
            "reason": redact(pull.reason) or None,
        }


def _signal_rows(steps: Iterable[SignalStep]) -> Iterator[dict[str, object]]:
    """The last step of each signal, without who took it; a reason may name a person by number."""
    for step in signal.last_steps(steps).values():
        yield {
            "signal_id": step.signal_id,
            "state": step.state,
            "facts_digest": step.facts_digest,
            "reason": redact(step.reason) or None,
            "decided_at": moment(step.recorded_at),
        }


def _final_rows(years: Iterable[FinalYear]) -> Iterator[dict[str, object]]:
    """The figures of closed years; of several decisions on a year the first stands."""
    closed: set[int] = set()
    for final_year in years:
        if final_year.year in closed:
            continue
        closed.add(final_year.year)
        for name, actual in final_year.figures.items():
            target_id, reading, period = name.split("|")
            yield {
                "year": final_year.year,
                "target_id": target_id,
                "reading": reading,
                "period": period,
                "actual": None if actual is None else Decimal(actual),
                "publication_id": final_year.publication_id,
                "decided_at": moment(final_year.recorded_at),
            }


def _closed_rows(months: Mapping[str, MonthClosing]) -> Iterator[dict[str, object]]:
    """Of each closed month the city's figures, of which split, unit and department are empty, the departments', and the
    tasks in force, of the main reading."""
    for month, closing in months.items():
        told = {
            "month_date": _bounds(month)[0],
            "publication_id": closing.publication_id,
            "closed_at": moment(closing.recorded_at),
        }
        city = {f"{name}|": actual for name, actual in closing.figures.items()}
        for name, actual in (city | closing.department_figures).items():
            target_id, reading, period, department = name.split("|")
            yield told | {
                "target_id": target_id,
                "reading": reading,
                "period": period,
                "department_code": department,
                "task_split": "",
                "task_unit_code": "",
                "amount": None if actual is None else Decimal(actual),
            }
        for task in closing.tasks:
            yield told | task | {"reading": "main", "department_code": "", "amount": Decimal(task["amount"])}


def dump_json(path: Path, value: object) -> None:
    """Writes JSON in one move, so that a reader never sees half of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    part.replace(path)
