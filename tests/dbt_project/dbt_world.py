"""A small data root for the dbt project, written straight as pinned rows and register tables. Test support only."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.pipeline import dbt
from orchestration.pipeline.dbt import DBT_PROJECT, TARGET
from warehouse.store import parquet, register, snapshot
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, period, tables
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.project import PROJECT, REFERENCE

RULES = "r1"
FIRST, SECOND = "9144030000000000A1", "9144030000000000B2"
"""Institutions."""


def _fit(value: Any, kind: pa.DataType) -> Any:
    return Decimal(str(value)) if pa.types.is_decimal(kind) and value is not None else value


@dataclass
class World:
    """Collects submissions in order of delivery; `write` lays them down as the run before dbt does."""

    root: Root
    as_of: dt.date = dt.date(2026, 11, 20)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    expected: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    held_back: list[dict[str, Any]] = field(default_factory=list)
    completions: list[dict[str, Any]] = field(default_factory=list)
    recognitions: list[dict[str, Any]] = field(default_factory=list)
    accepted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def hold_back(self, submission_id: str, row_index: int | None) -> None:
        """A row, or the whole submission, which then is not current."""
        if row_index is not None:
            self.held_back.append({"submission_id": submission_id, "row_index": row_index})
        for row in self.submissions:
            if row["submission_id"] == submission_id:
                row["held_back_rows"] += row_index is not None
                row["is_held_back"] = row_index is None

    def submit(
        self,
        dataset: str,
        unit: str,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        held: int = 0,
        outcome: str | None = None,
        received_at: dt.datetime | None = None,
    ) -> str:
        """One submission with its accepted rows (missing columns are null); returns its id."""
        covered = period.parse(name)
        assert covered is not None
        order = len(self.submissions) + 1
        digest = hashlib.sha256(f"{dataset}{unit}{name}{order}".encode()).hexdigest()[:12]
        submission_id = f"{unit}-{dataset}-{name}-{digest}"
        sender = {"department_code": unit.partition(".")[0], "unit_code": unit, "period": name}
        key = sender | {"dataset": dataset}
        place = {"period_start_date": covered.start, "period_end_date": covered.end}
        moment = received_at or dt.datetime.combine(covered.end + dt.timedelta(days=5), dt.time(2))
        outcome = outcome or ("partly_accepted" if held else "accepted")
        self.submissions.append(
            key
            | place
            | {
                "submission_id": submission_id,
                "rules_version": RULES,
                "folder_name": f"{submission_id}@{RULES}",
                "outcome": outcome,
                "received_rows": len(rows) + held,
                "accepted_rows": len(rows),
                "held_rows": held,
                "critical_findings": held,
                "warning_findings": 0,
                "file_name": f"{dataset}_{name}.csv",
                "file_kind": "csv",
                "file_bytes": 100,
                "received_at": moment,
                "sender_modified_at": moment - dt.timedelta(days=40),
                "delivery_order": order,
                "withdrawn_rows": 0,
                "submission_kind": "first",
                "is_nothing_to_report": False,
                "excepted_findings": 0,
                "is_held_back": False,
                "held_back_rows": 0,
            }
        )
        self.deliveries.append(
            key
            | {
                "delivery_order": order,
                "channel": "drop_folder",
                "file_name": f"{dataset}_{name}.csv",
                "received_at": moment,
                "sender_modified_at": moment - dt.timedelta(days=40),
                "submission_id": submission_id,
                "problem": None,
            }
        )
        schema = tables.standing_schema(contract.dataset(dataset))
        unknown = {column for row in rows for column in row} - set(schema.names)
        assert not unknown, f"{dataset} has no columns {unknown}"
        told = sender | place | {"submission_id": submission_id, "delivery_order": order}
        self.accepted[submission_id] = [
            {"row_number": index + 1, **row, **told, "row_index": index} for index, row in enumerate(rows, 1)
        ]
        return submission_id

    def expect(self, dataset: str, unit: str, name: str, due: dt.date, *, is_owed: bool = True) -> None:
        covered = period.parse(name)
        assert covered is not None
        self.expected.append(
            {
                "department_code": unit.partition(".")[0],
                "unit_code": unit,
                "dataset": dataset,
                "period": name,
                "cadence": covered.cadence,
                "period_start_date": covered.start,
                "period_end_date": covered.end,
                "due_date": due,
                "is_owed": is_owed,
            }
        )

    def find(self, submission_id: str, dataset: str, rule: str, row: int) -> None:
        self.findings.append(
            {
                "submission_id": submission_id,
                "rule": rule,
                "severity": "critical",
                "row_index": row,
                "row": row,
                "message": "证件号码校验码不正确。",
                "dataset": dataset,
                "scope": "submission",
            }
        )

    def write(self) -> None:
        """The rows that a build reads, and the register; the newest usable delivery of a key stands."""
        newest: dict[tuple[str, str, str], str] = {}
        current: dict[tuple[str, str, str], str] = {}
        for row in self.submissions:
            place = (row["dataset"], row["unit_code"], row["period"])
            newest[place] = row["submission_id"]
            if row["outcome"] in ("accepted", "partly_accepted") and not row["is_held_back"]:
                current[place] = row["submission_id"]
        for row in self.submissions:
            place = (row["dataset"], row["unit_code"], row["period"])
            is_refused = row["outcome"] not in ("accepted", "partly_accepted")
            row["is_latest"] = row["submission_id"] == newest[place]
            row["represents_key"] = row["submission_id"] == current.get(place, newest[place])
            row["standing"] = (
                "standing"
                if row["submission_id"] == current.get(place)
                else ("held_back" if row["is_held_back"] else "refused" if is_refused else "superseded")
            )
            row["refusal"] = "outcome" if is_refused else None
        run = [{"as_of_date": self.as_of, "rules_version": RULES, "reference_version": "0"}]
        self.root.register.mkdir(parents=True, exist_ok=True)
        for name, schema, rows in (
            ("submission", register.SUBMISSION, self.submissions),
            ("delivery", register.DELIVERY, self.deliveries),
            ("expected", register.EXPECTED, self.expected),
            ("finding", tables.HISTORY, self.findings),
            ("run", register.RUN, run),
            ("final", register.FINAL, []),
            ("closed_month", register.CLOSED_MONTH, []),
            ("pull", register.PULL, []),
            ("signal", register.SIGNAL, []),
            ("back_file_completion", register.BACK_FILE_COMPLETION, self.completions),
            ("balance_recognition", register.BALANCE_RECOGNITION, self.recognitions),
        ):
            pq.write_table(pa.Table.from_pylist(rows, schema), self.root.register / f"{name}.parquet")
        for dataset in contract.datasets():
            self._pin(dataset)

    def _pin(self, dataset: Dataset) -> None:
        """The rows of what stands, as `warehouse.store.snapshot` lays them out."""
        schema = tables.standing_schema(dataset)
        by_period: dict[str, list[dict[str, Any]]] = {}
        for submission in self.submissions:
            if (submission["dataset"], submission["standing"]) == (dataset.name, "standing"):
                rows = self.accepted[submission["submission_id"]]
                by_period.setdefault(submission["period"], []).extend(row for row in rows if not self._is_held(row))
        folder = self.root.pinned / dataset.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        pq.write_table(schema.empty_table(), folder / snapshot.NONE)
        for period_name, rows in by_period.items():
            typed = [{name: _fit(row.get(name), schema.field(name).type) for name in schema.names} for row in rows]
            content = parquet.content(pa.Table.from_pylist(typed, schema))
            (folder / f"{period_name}~{hashlib.sha256(content).hexdigest()[:16]}.parquet").write_bytes(content)

    def _is_held(self, row: Mapping[str, Any]) -> bool:
        return any(
            (held["submission_id"], held["row_index"]) == (row["submission_id"], row["row_index"])
            for held in self.held_back
        )


def training_class(class_id: str, start: dt.date, **columns: Any) -> dict[str, Any]:
    return {
        "class_id": class_id,
        "class_name": class_id,
        "org_uscc": FIRST,
        "org_name": "深圳甲职业培训学校",
        "project_type": "02",
        "special_action": "05",
        "occupation_code": "4-10-01-05",
        "occupation_name": "养老护理员",
        "skill_level": "5",
        "training_mode": "1",
        "start_date": start,
        "end_date": start + dt.timedelta(days=14),
        "planned_hours": 80,
        "venue_district": "440305",
        "funding_source": "01",
        "competent_dept": "CAB",
    } | columns


def record(class_id: str, person: str, **columns: Any) -> dict[str, Any]:
    return {
        "class_id": class_id,
        "person_key": person,
        "id_type": "01",
        "sex": "1",
        "birth_year": 1990,
        "person_category": "07",
        "attended_hours": 76,
        "exam_result": "1",
        "completed": True,
    } | columns


def certificate(key: str, person: str, **columns: Any) -> dict[str, Any]:
    return {
        "certificate_key": key,
        "person_key": person,
        "id_type": "01",
        "cert_type": "02",
        "issuer_name": "评价机构",
        "occupation_name": "养老护理员",
        "issue_date": dt.date(2026, 1, 20),
        "status": "1",
    } | columns


def build(root: Root, target: Path, *options: str, reference: Path = REFERENCE, engine: str = TARGET) -> None:
    """Builds and tests in the pipeline's database, or where another `engine` of dbt's profile does.

    `target` takes dbt's own files. As in a run, dbt takes what was parsed for any root: to parse the project anew would
    cost each build 9 s of its 30.
    """
    words: list[str | Path] = ["--log-level", "warn", "--log-path", target / "logs"]
    words += ["--target", engine, "--target-path", target]
    words += ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--", *options]
    if engine == TARGET:
        words += ["--", dbt.manifest().with_name("partial_parse.msgpack")]
    with subprocess.Popen(
        [sys.executable, "-m", "orchestration.pipeline.dbt_process", *map(str, words)],
        env=os.environ | {"SKILLS_HOME": str(root.path), "SKILLS_REFERENCE": str(reference)},
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write("build\n")
        process.stdin.flush()
        said = process.stdout.read()  # until it ends, as it would with its standard input
    assert process.returncode == 0, said[-6000:]
