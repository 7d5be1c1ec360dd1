"""Deciding beside the run: any number of processes judge submissions into staging, the next run commits them.

What a process gives depends on bytes, feed, period, rules, references, key and exceptions alone, so that it does not
matter who did it. Correction workbooks need what stands and are left to the run. Ends at folders in `work/staged`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from expectations.commit import Staged, hand_over, stage
from ingest import correction_chain, receive
from ingest.correction_chain import Waiting
from ingest.pool import Pool
from ingest.read import read_many
from orchestration.pipeline import batches, deciding
from orchestration.pipeline import run as steps
from orchestration.pipeline.working_database import connect
from warehouse.store import decision_log
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Submission


def receive_new(run: steps.Run) -> None:
    """Takes all that came into `received/`, so that it can be shared out; opens and closes the run."""
    run.open()
    try:
        deciding.pull(run)
        deciding.pull_unrecognised(run)
    finally:
        run.close()


def waiting_lines(root: Root) -> Iterator[str]:
    """The submissions that wait for a decision, one JSON line each; in order of arrival, dataset by dataset."""
    for dataset in contract.names():
        for submission, _ in deciding.undecided(root, dataset):
            yield json.dumps({"submission_id": submission.submission_id, "dataset": dataset})


def decide_batch(run: steps.Run, lines: Iterable[str]) -> tuple[int, int]:
    """Decides the submissions that the lines name; how many, and how many are left to the run.

    `run` is not opened: its lock stays with the committer.
    """
    scratch = run.root.staged / f".{os.getpid()}"
    scratch.mkdir(parents=True, exist_ok=True)
    decided = left = 0
    try:
        with Pool(workers=1) as readers:
            for waiting in _by_dataset(run.root, lines):
                while waiting:
                    batch, waiting = batches.first(run.root, waiting)
                    done = batches.fitting(lambda some, _: _decide(run, some, readers, scratch), batch)
                    decided, left = decided + len(done), left + len(batch) - len(done)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return decided, left


def _by_dataset(root: Root, lines: Iterable[str]) -> list[Waiting]:
    known = correction_chain.newest_names(receive.deliveries(root))
    told = {decision.partition("@")[0] for decision in decision_log.told(root)}
    waiting: dict[str, list[tuple[Submission, str]]] = {}
    for name in dict.fromkeys(map(_name, filter(str.strip, lines))):
        if name not in known:
            raise OperatorError(f"{name} was never received here: name submissions as skills decide --list does.")
        if name not in told:
            waiting.setdefault(known[name][0].dataset, []).append(known[name])
    return list(waiting.values())


def _name(line: str) -> str:
    try:
        return str(json.loads(line)["submission_id"])
    except (ValueError, KeyError, TypeError):
        raise OperatorError(
            'A line of a batch is {"submission_id": "…"}: make one with skills decide --list.'
        ) from None


def _decide(run: steps.Run, batch: Waiting, readers: Pool, scratch: Path) -> list[Staged]:
    """Of one dataset; what it does not answer is left to the run."""
    dataset = batch[0][0].dataset
    read = list(read_many([correction_chain.job(run.root, *waiting) for waiting in batch], readers))
    alone = [at for at, (_, reading) in enumerate(read) if reading.problem or not reading.supplement]
    if not alone:
        return []
    chosen = [batch[at] for at in alone]
    readings = deciding.remarked(chosen, [read[at][1] for at in alone])
    rows = pa.concat_tables([read[at][0] for at in alone])
    del read
    with connect(scratch) as con:
        staged = stage(scratch / dataset, deciding.judged(run, con, dataset, chosen, rows, readings))
    hand_over(run.root, staged)
    return staged
