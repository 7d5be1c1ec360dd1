"""The deciding half of a run: takes what came, reads, shapes and checks it, and commits decisions.

Each step over the run that it is handed; what is built from decisions is `run`. Ends at `received/` and `decided/`.
"""

from __future__ import annotations

import functools
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations import correction_marks, resubmission
from expectations.check import Batch, Checked, check
from expectations.commit import commit, commit_staged, handed_over
from expectations.versions import program_version, rules_version
from ingest import correction_chain, receive
from ingest import feed as feeds
from ingest.correction_chain import Waiting
from ingest.feed import Feed
from ingest.read import CorrectionChain, Job
from ingest.recognise import placed_remarks
from ingest.shape import Shaped
from orchestration.pipeline import batches, confirmations, history, run_log
from orchestration.pipeline.read_ahead import ReadAhead
from orchestration.pipeline.run import Run
from orchestration.pipeline.working_database import connect
from warehouse.store import decision_log, records, register, standing
from warehouse.store.data_root import Root
from warehouse.store.standing import History
from warehouse.vocabulary import contract, privacy, reference
from warehouse.vocabulary.submission import Decision, Delivery, Reading, Submission


def pull(run: Run, chosen: Sequence[Feed] | None = None) -> list[Delivery]:
    """Takes every new delivery of the feeds chosen, or of all, into `received/`; the deliveries that came."""
    with run.stages.stage("receive"):
        came = receive.receive(
            run.root,
            feeds.feeds() if chosen is None else chosen,
            now=run.now,
            periods=run.periods,
            departments=run.departments,
            channel=run.channel,
        )
    _tell_pulled(run, came)
    _tell_left(run)
    return came


def _tell_pulled(run: Run, came: Sequence[Delivery]) -> None:
    if came:
        feeds_of = Counter(f"{delivery.department}/{delivery.dataset}" for delivery in came)
        run_log.tell(run.root, "feeds_pulled", deliveries=len(came), feeds=dict(sorted(feeds_of.items())))


def pull_unrecognised(run: Run) -> list[Delivery]:
    """Takes into `received/` what fits no feed, each with the reason why."""
    with run.stages.stage("receive", "unrecognised"):
        came = receive.receive_unrecognised(run.root, now=run.now, channel=run.channel)
    if came:
        run_log.tell(run.root, "unrecognised_received", "warning", deliveries=len(came))
    _tell_left(run)
    return came


def _tell_left(run: Run) -> None:
    """What the look into the channels left, or did not let in."""
    for sentence in run.channel.notes:
        if sentence not in run.notes:
            run.note(sentence)
            run_log.tell(run.root, "left_at_the_door", "warning", reason=sentence)


def undecided(root: Root, dataset: str) -> list[tuple[Submission, str]]:
    """Submissions received but without a decision, with the newest name their file bore; in order of arrival."""
    decided = register.decisions(root, dataset)
    waiting = {
        delivery.submission.submission_id: (delivery.submission, delivery.name)
        for delivery in receive.deliveries(root)
        if delivery.submission and delivery.dataset == dataset
    }
    return [waiting[name] for name in waiting if name not in decided]


def decide_new(run: Run) -> Iterator[tuple[str, list[Decision]]]:
    """Takes what units answered by sheets of confirmation, then decides what waits; each dataset with what was decided
    of it."""
    for dataset in contract.names():
        take_answers(run, dataset)
    yield from in_turn(run, {dataset: to_decide(run, dataset) for dataset in contract.names()})


def in_turn(run: Run, waiting: Mapping[str, Waiting]) -> Iterator[tuple[str, list[Decision]]]:
    """Decides dataset after dataset; while one is checked, the first files of the next are read."""
    following = dict(waiting)
    for dataset, batch in waiting.items():
        del following[dataset]
        yield dataset, decide(run, dataset, batch, next(filter(None, following.values()), ()))


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
    root: Root, waiting: Waiting, ahead: ReadAhead, known: History, beside: Waiting = ()
) -> tuple[Waiting, pa.Table, list[Reading]]:
    """All rows as text, and the readings, of the submissions that can be read now, which come first; correction
    workbooks are merged into what they answer, and wait while that waits, here or `beside`."""
    read = ahead.read(_jobs(root, waiting))
    later = correction_chain.not_yet(waiting, [reading for _, reading in read], known, beside)
    now = [at for at, (submission, _) in enumerate(waiting) if submission.submission_id not in later]
    waiting, read = [waiting[at] for at in now], [read[at] for at in now]
    lines = correction_chain.chains(root, waiting, [reading for _, reading in read], known)
    merged = iter(ahead.merged([line for line in lines.values() if isinstance(line, CorrectionChain)]))
    for at, line in lines.items():
        read[at] = next(merged) if isinstance(line, CorrectionChain) else (read[at][0].slice(0, 0), line)
    readings = [
        _marked(root, known, submission, reading) for (submission, _), (_, reading) in zip(waiting, read, strict=True)
    ]
    return waiting, pa.concat_tables([rows for rows, _ in read]), remarked(waiting, readings)


def _jobs(root: Root, waiting: Waiting) -> list[Job]:
    return [correction_chain.job(root, *submission_and_name) for submission_and_name in waiting]


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


def decide(run: Run, dataset: str, waiting: Waiting, following: Waiting = ()) -> list[Decision]:
    """Decides submissions of one dataset, as many at a time as fit into memory, in the order of their arrival;
    corrections of what is among them after it. Compares with what stood what wants to replace it, before what comes
    later is decided. `following`: of another dataset, what is decided next."""
    decided = _take_staged(run, dataset, waiting)
    compare(run, dataset)  # what came again, and what a kill left
    rest = _without(waiting, decided)
    while rest:
        batch, rest = batches.first(run.root, rest)
        following_batch, _ = batches.first(run.root, rest or following)
        done = batches.fitting(functools.partial(_decide, run, dataset, following_batch), batch, rest)
        compare(run, dataset)
        decided += done
        rest += _without(batch, done)
    _tell_decided(run, dataset, decided)
    return decided


def _tell_decided(run: Run, dataset: str, decided: Sequence[Decision]) -> None:
    if decided:
        accepted = sum(decision.rows.accepted for decision in decided)
        held = sum(decision.rows.held for decision in decided)
        outcomes = dict(Counter(decision.outcome for decision in decided))
        run_log.tell(run.root, "decided", dataset=dataset, outcomes=outcomes, accepted_rows=accepted, held_rows=held)


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


def _decide(run: Run, dataset: str, following: Waiting, waiting: Waiting, beside: Waiting) -> list[Decision]:
    with run.stages.stage("read", dataset):
        known = history.history(run.root, run.as_of, dataset)
        waiting, rows, readings = read(run.root, waiting, run.ahead, known, beside)
        run.ahead.begin(_jobs(run.root, following))
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
