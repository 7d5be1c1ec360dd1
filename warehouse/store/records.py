"""What people decided, as dated lines that are only ever added: exceptions, confirmations, final years.

The logs lie under `received/`, since they name people; what goes on from them does not. Whether a decision may be made
is `orchestration.pipeline.sign_off`. Ends at records.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, period
from warehouse.vocabulary.errors import OperatorError


@dataclass(frozen=True)
class ApprovedException:
    """Up to `rows` findings of a rule in one submission of a department are let pass, for periods that end by `until`;
    in a submission with more, all of them stand."""

    exception_id: str
    rule: str
    department: str
    rows: int
    until: str  # ISO date
    approved_by: str
    reason: str
    recorded_at: str  # UTC, ISO 8601

    def covers(self, department: str, period_text: str) -> bool:
        covered = period.parse(period_text)
        return self.department == department and covered is not None and covered.end.isoformat() <= self.until


@dataclass(frozen=True)
class Confirmation:
    """A decided submission signed by who prepared and who reviewed it (统计法: both answer for it)."""

    submission_id: str
    preparer: str
    reviewer: str
    recorded_at: str


@dataclass(frozen=True)
class FinalYear:
    """The bureau closed a year: its figures as they stood in a publication. `figures`: `target|reading|period` →
    the actual value as text."""

    year: int
    publication_id: str
    decided_by: str
    figures: dict[str, str | None]
    recorded_at: str


Record = TypeVar("Record", ApprovedException, Confirmation, FinalYear)
_FILES: dict[type[Any], str] = {
    ApprovedException: "exceptions.jsonl",
    Confirmation: "confirmations.jsonl",
    FinalYear: "final_years.jsonl",
}


def _path(root: Root, kind: type[Record]) -> Path:
    return root.received / _FILES[kind]


def read(root: Root, kind: type[Record]) -> list[Record]:
    """All records of a kind, oldest first."""
    path = _path(root, kind)
    records: list[Record] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.is_file() else [], 1):
        try:
            records.append(kind(**json.loads(line)))
        except (ValueError, TypeError):
            raise OperatorError(f"{path}, line {number} is damaged: restore the file from a backup.") from None
    return records


def add(root: Root, record: ApprovedException | Confirmation | FinalYear) -> None:
    """Writes one line; it is on the disk when this returns."""
    path = root.received / _FILES[type(record)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(dataclasses.asdict(record), ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def files() -> list[str]:
    """The names of the logs under `received/`."""
    return sorted(_FILES.values())


def version(root: Root) -> str:
    """Changes with every record, so that a run knows that there is something new to publish."""
    digest = hashlib.sha256()
    for name in files():
        path = root.received / name
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:12]


def now() -> str:
    return clock.utc_text(clock.now())


def named(name: str, role: str) -> str:
    """A person's name as given on the command line; `OperatorError` when it is blank."""
    if not name.strip():
        raise OperatorError(f"The {role} needs a name.")
    return name.strip()


def confirmed(records: Iterable[Confirmation]) -> dict[str, str]:
    """Submission → when it was first confirmed."""
    confirmed_at: dict[str, str] = {}
    for confirmation in records:
        confirmed_at.setdefault(confirmation.submission_id, confirmation.recorded_at)
    return confirmed_at
