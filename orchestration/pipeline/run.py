"""The steps of a run, each over a data root: pull, decide, judge, publish, report.

Knows nothing of Dagster: in which order and process steps run is `orchestration.defs`. What a step does in its room is
that room's; here it is handed what it needs.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations import correction_marks, resubmission
from expectations.check import Batch, Checked, check
from expectations.commit import commit, commit_staged, handed_over, lay_empty
from expectations.versions import across_version, program_version, rules_version
from ingest import correction_chain, receive
from ingest import feed as feeds
from ingest.channels import Channel
from ingest.correction_chain import Waiting
from ingest.feed import Feed
from ingest.pool import Pool
from ingest.read import CorrectionChain, read_many
from ingest.recognise import placed_remarks
from ingest.shape import Shaped
from orchestration.pipeline import batches, build_record, confirmations, history, judgement
from orchestration.pipeline.dbt import Dbt, models_version
from orchestration.pipeline.spark import Spark
from orchestration.pipeline.stages import Stages
from orchestration.pipeline.storage import Lost
from orchestration.pipeline.working_database import connect as connect
from pages.write import dashboard, reports
from warehouse.published import publication
from warehouse.store import (
    decision_log,
    held_back,
    keys,
    lock,
    log,
    publication_basis,
    records,
    register,
    snapshot,
    standing,
)
from warehouse.store.data_root import Root
from warehouse.store.held_back import NOTHING, HoldBack
from warehouse.store.lock import Locks
from warehouse.store.snapshot import Snapshot
from warehouse.store.standing import History, SubmissionStatus
from warehouse.vocabulary import contract, privacy, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Decision, Delivery, Reading, Submission

_SCRATCHES = ("deciding", "building")
PATIENCE_SECONDS = 6 * 60 * 60
"""How long a run waits for a lock that another holds; the longest run takes minutes, so that more is a held lock."""


@dataclass
class Run:
    """One run over a data root. `periods` and `departments` pull old deliveries again; empty: all that is new.

    `is_attended`: somebody waits for it, so that it waits for what came a moment ago. `replace_newer`: what it
    publishes may take the place of what is newer. `spark_master`: the Spark that builds, where DuckDB does not.
    `notes`: sentences on what it left undone, shared by the copies of a run.
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
    is_building: bool = False
    snapshot: Snapshot | None = None
    """What it builds from, once it does."""

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def copy(self) -> Run:
        """One that has done and asked nothing yet, for the next job; under the same locks."""
        fresh = replace(self)
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
    def channel(self) -> Channel:
        """One look at what the departments delivered, shared by all datasets of the run."""
        return receive.look(self.root, self.readers, waits=self.is_attended, as_of=self.as_of)

    @cached_property
    def readers(self) -> Pool:
        """The worker processes that read files, started once for the run."""
        return Pool()

    @cached_property
    def dbt(self) -> Dbt | Spark:
        """dbt, getting ready from the moment it is first asked for."""
        return Spark(self.root, self.spark_master) if self.spark_master else Dbt(self.root)

    @cached_property
    def statuses(self) -> list[SubmissionStatus]:
        """Where every decided submission stands; to be asked for once all new ones are decided."""
        return history.statuses(self.root, self.as_of, self.held_back.submissions)

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
                self.snapshot = snapshot.take(self.root, self.decided_statuses)
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
        """Nothing more is read or decided: the readers end, and others may decide."""
        if not self.is_building:
            self._end("readers")
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.locks.let_go("intake")
            self.locks.hold("build", PATIENCE_SECONDS)
            self.is_building = True
            self._clear()

    def get_dbt_ready(self) -> None:
        """Beside what comes before it: dbt needs 4 s before its first model."""
        _ = self.dbt

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
        self._end("readers", "dbt")
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.locks.let_go()


def pull(run: Run, dataset: str = "", chosen: Sequence[Feed] | None = None) -> list[Delivery]:
    """Takes every new delivery of a dataset's feeds (empty: of all), or of those chosen, into `received/`; the
    deliveries that came."""
    of_dataset = [feed for feed in feeds.feeds() if dataset in ("", feed.dataset)]
    with run.stages.stage("receive", dataset):
        return receive.receive(
            run.root,
            of_dataset if chosen is None else chosen,
            now=run.now,
            periods=run.periods,
            departments=run.departments,
            channel=run.channel,
        )


def pull_unrecognised(run: Run) -> list[Delivery]:
    """Takes into `received/` what fits no feed, each with the reason why."""
    with run.stages.stage("receive", "unrecognised"):
        return receive.receive_unrecognised(run.root, now=run.now, channel=run.channel)


def undecided(root: Root, dataset: str) -> list[tuple[Submission, str]]:
    """Submissions received but without a decision, with the newest name their file bore; in order of arrival."""
    decided = register.decisions(root, dataset)
    waiting = {
        delivery.submission.submission_id: (delivery.submission, delivery.name)
        for delivery in receive.deliveries(root)
        if delivery.submission and delivery.dataset == dataset
    }
    return [waiting[name] for name in waiting if name not in decided]


def decide_new(run: Run, dataset: str) -> list[Decision]:
    """Takes what units answered by sheets of confirmation, then decides what waits."""
    take_answers(run, dataset)
    return decide(run, dataset, to_decide(run, dataset))


def take_answers(run: Run, dataset: str) -> None:
    """Records what units answered by sheets of confirmation; before anything of the run is decided."""
    with run.stages.stage("answers", dataset):
        confirmations.take(run.root, dataset, run.as_of, run.readers)


def to_decide(run: Run, dataset: str) -> list[tuple[Submission, str]]:
    """Submissions that wait for a decision, and decided ones that an exception approved since may let pass; without
    those that cannot be read."""
    return run.lost.readable(undecided(run.root, dataset) + _excepted(run, dataset))


def _excepted(run: Run, dataset: str) -> list[tuple[Submission, str]]:
    """Submissions with findings of a rule for which an exception stands that their decision does not know: those that
    stand, wait, or were returned last."""
    if not run.exceptions:
        return []
    known = history.history(run.root, run.as_of, dataset)
    names = correction_chain.newest_names(known.deliveries)
    covered = []
    for status in standing.statuses(known):
        decision, submission = status.decision, status.decision.submission
        new = [
            exception
            for exception in run.exceptions
            if exception.covers(submission.department, submission.period)
            and exception.exception_id not in decision.exceptions
        ]
        if new and (status.is_latest or status.represents_key):
            rows = _rows_by_rule(run.root.decision_folder(decision) / "findings.parquet")
            if any(0 < rows.get(exception.rule, 0) <= exception.rows for exception in new):
                covered.append(names[submission.submission_id])
    return covered


def _rows_by_rule(findings: Path) -> dict[str, int]:
    table = pq.read_table(findings, columns=["rule", "severity", "row_index"])
    stands = table.filter(pc.not_equal(table["severity"], "info"))
    counted = stands.group_by("rule").aggregate([("row_index", "count_distinct")])
    return dict(zip(counted["rule"].to_pylist(), counted["row_index_count_distinct"].to_pylist(), strict=True))


def read(
    root: Root, waiting: Waiting, readers: Pool, known: History, beside: Waiting = ()
) -> tuple[Waiting, pa.Table, list[Reading]]:
    """All rows as text, and the readings, of the submissions that can be read now, which come first; correction
    workbooks are merged into what they answer, and wait while that waits, here or `beside`."""
    read = list(
        read_many([correction_chain.job(root, *submission_and_name) for submission_and_name in waiting], readers)
    )
    later = correction_chain.not_yet(waiting, [reading for _, reading in read], known, beside)
    now = [at for at, (submission, _) in enumerate(waiting) if submission.submission_id not in later]
    waiting, read = [waiting[at] for at in now], [read[at] for at in now]
    lines = correction_chain.chains(root, waiting, [reading for _, reading in read], known)
    merged = read_many([line for line in lines.values() if isinstance(line, CorrectionChain)], readers)
    for at, line in lines.items():
        read[at] = next(merged) if isinstance(line, CorrectionChain) else (read[at][0].slice(0, 0), line)
    readings = [
        _marked(root, known, submission, reading) for (submission, _), (_, reading) in zip(waiting, read, strict=True)
    ]
    return waiting, pa.concat_tables([rows for rows, _ in read]), remarked(waiting, readings)


def _marked(root: Root, known: History, submission: Submission, reading: Reading) -> Reading:
    """With what a correction changed although its workbook did not ask for it."""
    answered = known.decisions.get(reading.supplement.answers) if reading.supplement else None
    if answered is None:
        return reading
    findings = pq.read_table(root.decision_folder(answered) / "findings.parquet")
    return correction_marks.with_marks(contract.dataset(submission.dataset), reading, findings)


def remarked(waiting: Waiting, readings: Sequence[Reading]) -> list[Reading]:
    """The readings with what is to be said of where their files lay."""
    return [
        replace(reading, remarks=(*reading.remarks, *placed_remarks(*submission_and_name)))
        for submission_and_name, reading in zip(waiting, readings, strict=True)
    ]


def decide(run: Run, dataset: str, waiting: Waiting) -> list[Decision]:
    """Decides submissions of one dataset, as many at a time as fit into memory, in the order of their arrival;
    corrections of what is among them after it. Compares with what stood what wants to replace it, before what comes
    later is decided."""
    decided = _take_staged(run, dataset, waiting)
    compare(run, dataset)  # what came again, and what a kill left
    rest = _without(waiting, decided)
    while rest:
        batch, rest = batches.first(run.root, rest)
        done = _decide(run, dataset, batch, rest)
        compare(run, dataset)
        decided += done
        rest += _without(batch, done)
    return decided


def _without(waiting: Waiting, decided: Iterable[Decision]) -> list[tuple[Submission, str]]:
    done = {decision.submission_id for decision in decided}
    return [submission_and_name for submission_and_name in waiting if submission_and_name[0].submission_id not in done]


def _take_staged(run: Run, dataset: str, waiting: Waiting) -> list[Decision]:
    """Commits what other processes decided as this run would; the rest of it goes and is decided again."""
    staged = {
        handed.decision.submission_id: handed
        for handed in handed_over(run.root, dataset)
        if _is_as_now(run, handed.decision)
    }
    told = decision_log.told(run.root)
    taken = [staged[submission.submission_id] for submission, _ in waiting if submission.submission_id in staged]
    taken = [handed for handed in taken if handed.decision.folder_name not in told]
    if taken:
        with run.stages.stage("commit", dataset):
            commit_staged(run.root, taken, run.now)
    shutil.rmtree(run.root.staged / dataset, ignore_errors=True)
    return [handed.decision for handed in taken]


def _is_as_now(run: Run, decision: Decision) -> bool:
    present = (rules_version(), reference.version(), program_version(), run.key.key_id)
    decided = (decision.rules_version, decision.reference_version, decision.program_version, decision.key_id)
    allowed = {exception.exception_id for exception in run.exceptions}
    return decided == present and allowed.issuperset(decision.exceptions)


def _decide(run: Run, dataset: str, waiting: Waiting, beside: Waiting) -> list[Decision]:
    with run.stages.stage("read", dataset):
        known = history.history(run.root, run.as_of, dataset)
        waiting, rows, readings = read(run.root, waiting, run.readers, known, beside)
    with connect(run.scratch) as con:
        checked = judged(run, con, dataset, waiting, rows, readings)
    with run.stages.stage("commit", dataset):
        return commit(run.root, run.scratch, checked, run.now)


def judged(
    run: Run,
    con: duckdb.DuckDBPyConnection,
    dataset: str,
    waiting: Waiting,
    rows: pa.Table,
    readings: Sequence[Reading],
) -> Checked:
    """Shapes and checks what was read of submissions; depends on their bytes, feeds, periods, rules and references, and
    on the key and the exceptions of the run."""
    submissions = [submission for submission, _ in waiting]
    with run.stages.stage("shape", dataset):
        shaped = Shaped(dataset, rows, {submission.submission_id: submission for submission in submissions})
    with run.stages.stage("check", dataset):
        batch = Batch(
            contract.dataset(dataset),
            shaped,
            list(zip(submissions, readings, strict=True)),
            run.key,
            exceptions=run.exceptions,
        )
        return check(con, batch)


def compare(run: Run, dataset: str) -> None:
    """Compares with what stood each submission that has not been compared; what comes later may depend on it."""
    known = history.history(run.root, run.as_of, dataset)
    needs = standing.needs(known)
    while needs:
        with run.stages.stage("compare", dataset), connect(run.scratch) as con:
            privacy.install(con, run.key)
            records.add(run.root, *resubmission.compare(con, run.root, needs, standing.statuses(known), run.now))
        known = history.history(run.root, run.as_of, dataset)
        needs = standing.needs(known)


def judge(run: Run) -> int:
    """Judges all newest submissions against each other and writes the register for dbt; the number of findings."""
    run.lost.refuse()
    run.turn_to_building()
    with run.stages.stage("snapshot"):
        taken = run.freeze()
        _refuse_mixture(run)
        pinned = snapshot.pin(run.root, taken, run.statuses, run.held_back.rows.keys())
    run.get_dbt_ready()
    with run.stages.stage("judge"):
        with connect(run.scratch) as con:
            parts = judgement.row_parts(run.root, run.statuses, pinned, run.held_back.rows)
            counts = judgement.judge(con, judgement.Ground(run.root, run.statuses, parts, run.key))
        register.write(run.root.register, _register(run, counts, run.as_of))
        build_record.judged(run.root, basis(run))
    return sum(sum(of_submission.values()) - of_submission["excepted"] for of_submission in counts.values())


def _register(run: Run, counts: Mapping[str, Mapping[str, int]], as_of: dt.date) -> register.Register:
    return register.Register(
        deliveries=confirmations.told(run.root, receive.deliveries(run.root)),
        statuses=run.statuses,
        expected=feeds.expected(feeds.feeds(), as_of),
        counts=counts,
        as_of=as_of,
        rules_version=rules_version(),
        reference_version=reference.version(),
        confirmed=records.confirmed(records.read(run.root, records.Confirmation)),
        final_years=records.read(run.root, records.FinalYear),
        held_back=run.held_back,
    )


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
    current = publication.open_current(run.root)
    if current.publication_id != shown.publication_id:
        run.note(
            f"Publication {shown.publication_id} stands beside the current one, {current.publication_id}, which shows "
            "a later day or knows more: skills use or skills run --replace-newer turns to it."
        )
    return shown, is_new


def report(run: Run) -> Iterator[tuple[str, int]]:
    """Writes the reports: who they are for, and how many of their files changed.

    They follow what is shown: their day is never before that of the current publication.
    """
    current = publication.current(run.root)
    run.hold_back(held_back.of_facts(current.manifest.get("held_back")) if current else NOTHING)
    shown = dt.date.fromisoformat(current.manifest["as_of_date"]) if current else run.as_of
    if receive.deliveries(run.root):
        tell(run, max(run.as_of, shown))
    return reports.reports(
        reports.ReportRun(
            root=run.root,
            as_of=max(run.as_of, shown),
            statuses=run.statuses,
            exceptions=run.exceptions,
            token=run.key.token,
            readers=run.readers,
            stage=run.stages.stage,
            basis=reports_basis(run),
            note=run.note,
        )
    )


def tell(run: Run, as_of: dt.date) -> None:
    """Writes for pages what is decided now, with what the last build found across submissions; and takes a snapshot of
    what stands, for the next build."""
    with run.stages.stage("tell"):
        snapshot.take(run.root, run.decided_statuses)
        with connect(run.scratch) as con:
            counts = judgement.tell(con, run.root, run.statuses, run.key)
        register.write(run.root.told, _register(run, counts, as_of))


def reports_basis(run: Run) -> str:
    """Another one whenever other things are decided or judged; of whatever day, for they follow what is shown."""
    record = build_record.read(run.root)
    decided = {name: fact for name, fact in basis(run).items() if name != "as_of"}
    return json.dumps([decided, record and record.basis], sort_keys=True)


def refuse_empty(run: Run) -> None:
    """An inbox without a file and nothing received before is the operator's to mend."""
    if not run.root.deliveries.exists() and not any(path.is_file() for path in run.root.inbox.rglob("*")):
        raise OperatorError(
            f"The inbox {run.root.inbox} is empty: put departments' files into inbox/<DEPARTMENT>/ or call skills demo."
        )


def recheck(run: Run, datasets: Sequence[str], departments: Sequence[str]) -> int:
    """Decides stored submissions anew under the present rules, beside the old decisions; how many."""
    count = 0
    for dataset in datasets or contract.names():
        contract.dataset(dataset)
        present = {
            submission_id
            for submission_id, options in register.decisions(run.root, dataset).items()
            if any(decision.rules_version == rules_version() for decision in options)
        }
        stored = {
            delivery.submission.submission_id: (delivery.submission, delivery.name)
            for delivery in receive.deliveries(run.root)
            if delivery.submission
            and delivery.dataset == dataset
            and (not departments or delivery.department in departments)
        }
        waiting = [submission_and_name for name, submission_and_name in stored.items() if name not in present]
        count += len(decide(run, dataset, run.lost.readable(waiting)))
    return count
