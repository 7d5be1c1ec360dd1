"""A run over a data root, and its building half: judge, publish, report. The deciding half is `deciding`.

Knows nothing of Dagster: in which order and process steps run is `orchestration.defs`. What a step does in its room is
that room's; here it is handed what it needs.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from expectations.commit import lay_empty
from expectations.versions import across_version, program_version, rules_version
from ingest import feed as feeds
from ingest import receive
from ingest.connections import connections
from ingest.look import Look
from ingest.pool import Pool
from orchestration.pipeline import build_record, confirmations, history, judgement, run_log, signal_renewal
from orchestration.pipeline.dbt import Dbt, models_version
from orchestration.pipeline.early_workbooks import EarlyWorkbooks
from orchestration.pipeline.read_ahead import ReadAhead
from orchestration.pipeline.spark import Spark
from orchestration.pipeline.stages import Stages
from orchestration.pipeline.storage import Lost
from orchestration.pipeline.working_database import connect
from pages.gather.status import StatusFacts
from pages.gather.status import status as status_as_told
from pages.write import dashboard, reports
from pages.write.reports import ReportRun
from warehouse.published import publication
from warehouse.store import (
    held_back,
    keys,
    lock,
    log,
    publication_basis,
    pull_log,
    records,
    register,
    snapshot,
)
from warehouse.store.data_root import Root
from warehouse.store.held_back import NOTHING, HoldBack
from warehouse.store.lock import Locks
from warehouse.store.snapshot import Snapshot
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import clock, privacy, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Delivery

_SCRATCHES = ("deciding", "building")
_MANY = 100
"""Submissions from which workbooks are written beside a build; for fewer, starting a worker costs more than waiting."""
_CORES_OF_DBT = 2
"""dbt keeps so many busy. Beside workbooks on the same ones a build of 14 s took 18, and the run was no shorter."""
PATIENCE_SECONDS = 6 * 60 * 60
"""How long a run waits for a lock that another holds; the longest run takes minutes, so that more is a held lock."""


@dataclass
class Judged:
    """What was told dbt last, null before."""

    told: register.Register | None = None


@dataclass
class Run:
    """One run over a data root. `periods` and `departments` pull old deliveries again; empty: all that is new.

    `is_attended`: somebody waits for it, so that it waits for what came a moment ago. `replace_newer`: what it
    publishes may take the place of what is newer. `spark_master`: the Spark that builds, where DuckDB does not.
    `notes`, sentences on what it left undone, and `judged` are shared by the copies of a run. `shared_readers`: worker
    processes of whoever has several runs, who ends them; else it starts some of its own.
    """

    root: Root
    as_of: dt.date
    now: dt.datetime
    periods: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    is_attended: bool = True
    replace_newer: bool = False
    spark_master: str | None = None
    stages: Stages = field(default_factory=Stages)
    lost: Lost = field(default_factory=Lost)
    held_back: HoldBack = NOTHING
    notes: list[str] = field(default_factory=list)
    judged: Judged = field(default_factory=Judged)
    shared_readers: Pool | None = None
    is_building: bool = False
    snapshot: Snapshot | None = None
    """What it builds from, once it does."""

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def copy(self) -> Run:
        """One that has done and asked nothing yet, for the next job; under the same locks, with the same readers."""
        fresh = replace(self, shared_readers=self.readers)
        fresh.__dict__["locks"] = self.locks
        return fresh

    @cached_property
    def locks(self) -> Locks:
        """What it holds of the root."""
        return Locks(self.root)

    @cached_property
    def key(self) -> privacy.Key:
        return keys.load_key(self.root)

    @cached_property
    def exceptions(self) -> list[records.ApprovedException]:
        return records.read(self.root, records.ApprovedException)

    @cached_property
    def channel(self) -> Look:
        """One look at what the departments delivered, shared by all datasets of the run."""
        return receive.look(self.root, self.readers, waits=self.is_attended, as_of=self.as_of, now=self.now)

    @cached_property
    def readers(self) -> Pool:
        """The worker processes that read files, started once for the run: a worker needs half a second for itself."""
        return self.shared_readers or Pool()

    @cached_property
    def ahead(self) -> ReadAhead:
        """Reads files by its readers, a batch ahead."""
        return ReadAhead(self.readers)

    @cached_property
    def dbt(self) -> Dbt | Spark:
        """dbt, getting ready from the moment it is first asked for."""
        return Spark(self.root, self.spark_master) if self.spark_master else Dbt(self.root)

    @cached_property
    def statuses(self) -> list[SubmissionStatus]:
        """Where every decided submission stands; to be asked for once all new ones are decided."""
        return history.statuses(self.root, self.as_of, self.held_back.submissions)

    @cached_property
    def told(self) -> StatusFacts | None:
        """The grid as last told; null where nothing ever was."""
        return status_as_told(self.root)

    def hold_back(self, held_back: HoldBack) -> None:
        """What stands is asked anew where it is another, and dbt, which builds once, starts anew."""
        self._end("dbt")
        self._forget("dbt")
        if held_back.submissions != self.held_back.submissions:
            self._forget("statuses")
        self.held_back = held_back

    @property
    def decided_statuses(self) -> list[SubmissionStatus]:
        """Where submissions stand by what was decided, whatever the build holds back."""
        return history.statuses(self.root, self.as_of) if self.held_back.submissions else self.statuses

    def freeze(self) -> Snapshot:
        """What stands now is what this run builds from, whatever is decided meanwhile."""
        if self.snapshot is None:
            with lock.hold(self.root, "intake", wait_seconds=PATIENCE_SECONDS):
                self.root = log.freeze(self.root, self.scratch / "logs")
                self._forget("statuses", "exceptions")
                self.snapshot = snapshot.take(self.root, self.decided_statuses, self.key)
        return self.snapshot

    @property
    def versions(self) -> dict[str, str]:
        return {
            "rules": rules_version(),
            "across": across_version(),
            "feeds": feeds.version(),
            "reference": reference.version(),
            "models": models_version(),
            "dashboard": dashboard.version(),
            "program": program_version(),
            "key_id": self.key.key_id,
            "records": records.version(self.root),
        }

    @property
    def scratch(self) -> Path:
        """Where identifiers may lie while the run lasts: one folder for each lock, so that its holder may clear it."""
        return self.root.work / _SCRATCHES[self.is_building]

    def open(self) -> None:
        """Takes the lock of deciding, clears what a killed run left behind and lays the typed empty tables."""
        self.root.make()
        self.locks.hold("intake", PATIENCE_SECONDS)
        self._clear()
        lay_empty(self.root)

    def hold_both(self, wait_seconds: float = PATIENCE_SECONDS) -> None:
        """Nobody decides or builds meanwhile, so that what killed runs left goes; in the order in which all take both
        locks."""
        self.locks.let_go("intake")
        for rhythm in lock.RHYTHMS:
            self.locks.hold(rhythm, wait_seconds)
        for name in _SCRATCHES:
            shutil.rmtree(self.root.work / name, ignore_errors=True)
        self.scratch.mkdir(parents=True)

    def turn_to_building(self) -> None:
        """Nothing more is read or decided: others may decide, and the readers leave their memory to the build."""
        if not self.is_building:
            if "readers" in self.__dict__:
                self.readers.close()
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.locks.let_go("intake")
            self.locks.hold("build", PATIENCE_SECONDS)
            self.is_building = True
            self._clear()

    def get_dbt_ready(self) -> None:
        """Beside what comes before it: dbt needs 4 s before its first model."""
        _ = self.dbt

    def begin_early_workbooks(self) -> None:
        """In one worker: two would take the memory that dbt needs."""
        self.__dict__["early_workbooks"] = EarlyWorkbooks(report_run(self, self.as_of, Pool(1)))

    def end_early_workbooks(self) -> None:
        self._end("early_workbooks")
        self._forget("early_workbooks")

    def _clear(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)

    def _forget(self, *known: str) -> None:
        for name in known:
            self.__dict__.pop(name, None)

    def _end(self, *processes: str) -> None:
        for name in processes:
            if name in self.__dict__:
                self.__dict__[name].close()

    def close(self) -> None:
        """Ends its processes, leaves nothing in its scratch and lets others have the root."""
        self.end_early_workbooks()
        self._end("dbt", "channel", *([] if self.shared_readers else ["readers"]), "ahead")
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.locks.let_go()


def judge(run: Run) -> int:
    """Judges all newest submissions against each other and writes the register for dbt; the number of findings."""
    run.lost.refuse()
    run.end_early_workbooks()
    run.turn_to_building()
    run.get_dbt_ready()
    with run.stages.stage("snapshot"):
        taken = run.freeze()
        _refuse_mixture(run)
        pinned = snapshot.pin(run.root, run.key, taken, run.statuses, run.held_back.rows.keys())
    with run.stages.stage("judge"):
        with connect(run.scratch) as con:
            parts = judgement.row_parts(run.root, run.statuses, pinned, run.held_back.rows)
            counts = judgement.judge(con, judgement.Ground(run.root, run.statuses, parts, run.key))
        run.judged.told = _register(run, counts, run.as_of)
        register.write(run.root.register, run.judged.told)
        build_record.judged(run.root, basis(run))
    if run.dbt.is_whole and len(run.statuses) >= _MANY and len(os.sched_getaffinity(0)) > _CORES_OF_DBT:
        run.begin_early_workbooks()
    return sum(sum(of_submission.values()) - of_submission["excepted"] for of_submission in counts.values())


def _register(run: Run, counts: Mapping[str, Mapping[str, int]], as_of: dt.date) -> register.Register:
    deliveries = confirmations.told(run.root, receive.deliveries(run.root))
    unasked = feeds.sent_unasked(feeds.feeds(), _first_days(deliveries))
    return register.Register(
        deliveries=deliveries,
        statuses=run.statuses,
        expected=[*feeds.expected(feeds.feeds(), as_of), *unasked],
        counts=counts,
        as_of=as_of,
        rules_version=rules_version(),
        reference_version=reference.version(),
        confirmed=records.confirmed(records.read(run.root, records.Confirmation)),
        final_years=records.read(run.root, records.FinalYear),
        signal_steps=records.read(run.root, records.SignalStep),
        closed_months=records.closed_months(records.read(run.root, records.MonthClosing)),
        held_back=run.held_back,
        pulls=pull_log.pulls(run.root),
        back_files_complete=records.back_files_complete(records.read(run.root, records.BackFilesSigned)),
        balances_recognised=records.balances_recognised(records.read(run.root, records.BalanceRecognised)),
    )


def _first_days(deliveries: Sequence[Delivery]) -> dict[tuple[str, str, str], dt.date]:
    """Dataset, unit and period → the day on which something of it first came."""
    days: dict[tuple[str, str, str], dt.date] = {}
    for delivery in deliveries:
        if submission := delivery.submission:
            day = clock.day_of(dt.datetime.fromisoformat(delivery.received_at))
            key = (submission.dataset, submission.unit, submission.period)
            days[key] = min(day, days.get(key, day))
    return days


def _refuse_mixture(run: Run) -> None:
    """Under two keys one person has two tokens and counts twice."""
    for status in run.statuses:
        if status.decision.key_id not in (None, run.key.key_id):
            raise OperatorError(
                f"{status.decision.folder_name} was decided with key {status.decision.key_id}, "
                f"this run has key {run.key.key_id}: call skills rekey."
            )


def basis(run: Run) -> dict[str, Any]:
    """On what a build rests: where it is the same, another build gives the same."""
    return {
        "as_of": run.as_of.isoformat(),
        "versions": run.versions,
        **publication_basis.basis_facts(run.root, run.statuses),
    }


def publish(run: Run) -> tuple[publication.Publication, bool]:
    """Publishes the marts that dbt built and tested, with the dashboard over them."""
    run.turn_to_building()
    run.hold_back(held_back.read(run.root))
    record = build_record.read(run.root)
    if record is None or not record.is_built or record.basis != basis(run):
        raise OperatorError(
            f"The marts in {run.root.database} were not built from what stands now for {run.as_of}, so they cannot be "
            "published as that: launch the job collect, which builds and then publishes."
        )
    with run.stages.stage("publish"):
        shown, is_new = publication.publish(
            run.root,
            run.statuses,
            run.as_of,
            run.versions,
            run.now,
            dashboard.write,
            replace_newer=run.replace_newer,
        )
    build_record.published(run.root, shown.publication_id)
    held = len({failure.submission_id for failure in run.held_back.failures})
    run_log.tell(run.root, "published", publication=shown.publication_id, is_new=is_new, held_back=held)
    current = publication.open_current(run.root)
    signal_renewal.forget(run.root, current)
    if current.publication_id != shown.publication_id:
        run.note(
            f"Publication {shown.publication_id} stands beside the current one, {current.publication_id}, which shows "
            "a later day or knows more: skills use or skills run --replace-newer turns to it."
        )
    return shown, is_new


def report(run: Run) -> Generator[tuple[str, int]]:
    """Writes the reports: who they are for, and how many of their files changed; then takes a snapshot of what stands,
    for the next build.

    They follow what is shown: their day is never before that of the current publication.
    """
    current = publication.current(run.root)
    run.hold_back(held_back.of_facts(current.manifest.get("held_back")) if current else NOTHING)
    shown = dt.date.fromisoformat(current.manifest["as_of_date"]) if current else run.as_of
    if receive.deliveries(run.root):
        tell(run, max(run.as_of, shown))
    return _written(run, replace(report_run(run, max(run.as_of, shown), run.readers), status=run.told))


def _written(run: Run, report_run: ReportRun) -> Generator[tuple[str, int]]:
    """A sender waits for a report, and nobody yet for the snapshot and what makes the next start short."""
    yield from reports.reports(report_run)
    if receive.deliveries(run.root):
        with run.stages.stage("snapshot"):
            snapshot.take(run.root, run.decided_statuses, run.key)
            register.keep_texts(run.root)


def report_run(run: Run, as_of: dt.date, readers: Pool) -> ReportRun:
    return ReportRun(
        root=run.root,
        as_of=as_of,
        statuses=run.statuses,
        exceptions=run.exceptions,
        token=run.key.token,
        readers=readers,
        stage=run.stages.stage,
        basis=reports_basis(run),
        note=run.note,
    )


def tell(run: Run, as_of: dt.date) -> None:
    """Writes for pages what is decided now, with what the last build found across submissions."""
    with run.stages.stage("tell"):
        judged = run.judged.told
        if judged and judgement.has_told(run.root) and judged == _register(run, judged.counts, as_of):
            register.copy(run.root.register, run.root.told)
        else:
            with connect(run.scratch) as con:
                counts = judgement.tell(con, run.root, run.statuses, run.key)
            register.write(run.root.told, _register(run, counts, as_of))
        run._forget("told")


def reports_basis(run: Run) -> str:
    """Another one whenever other things are decided or judged; of whatever day, for they follow what is shown."""
    record = build_record.read(run.root)
    decided = {name: fact for name, fact in basis(run).items() if name != "as_of"}
    return json.dumps([decided, record and record.basis], sort_keys=True)


def refuse_empty(run: Run) -> None:
    """An inbox without a file and nothing received before is the operator's to mend."""
    is_fetched = any(source.department for source in connections().sources)
    if not run.root.deliveries.exists() and not is_fetched and not any(map(Path.is_file, run.root.inbox.rglob("*"))):
        raise OperatorError(
            f"The inbox {run.root.inbox} is empty: put departments' files into inbox/<DEPARTMENT>/ or call skills demo."
        )
