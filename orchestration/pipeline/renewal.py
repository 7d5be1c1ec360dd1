"""Decides everything anew, for another key or a layout that asks for it, and exchanges what is derived at once.

Every submission is decided anew from `received/` and the logs into a root of its own under `work/renewal/`, where a
killed step goes on; only when all of them stand there does `house.json` say that they are being moved, and nothing else
uses the root until they are. Published folders stay as they are. Which layouts there are is `migrations`. Ends at the
exchanged folders and one line in `received/house.jsonl`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest import receive
from orchestration.pipeline import deciding, signal_renewal, storage
from orchestration.pipeline import run as steps
from warehouse.store import decision_log, durable, house, keys, log, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Decision

_DERIVED = ("decided", "held")

Moments = Mapping[str, str]
"""Folder name of a decision → when it was made, as the logs tell it from now on."""


@dataclass(frozen=True)
class Occasion:
    """Why all is decided anew.

    `kind`: `rekey` or `upgrade`, as the line in the log has it, with `facts`. `layout`: of the root afterwards.
    `is_told_first`: the line stands in the logs from which is decided already. `moments`: of the decisions made;
    `tell`: what else is told, when all stands in its place; again after a kill.
    """

    kind: str
    layout: int
    facts: Mapping[str, Any]
    is_told_first: bool
    moments: Callable[[Sequence[Decision]], Moments]
    tell: Callable[[], None]


def rekey(run: steps.Run, *, has_signal_steps: bool = True) -> int:
    """Makes all tokens anew with the key that is set; how many decisions. The caller holds both locks.

    Args:
        has_signal_steps: without, what was decided on signals is given up where their names are made of tokens.
    """
    present = house.read(run.root)
    if present is None or present.moving == "upgrade" or present.layout < house.LAYOUT:
        raise OperatorError(f"{run.root.path} has not been run by this version: call skills run with its key first.")
    key = keys.key_set(run.root)
    if (present.key_id, present.token_algorithm) == (key.key_id, key.algorithm) and not present.moving:
        raise OperatorError(
            f"The tokens in {run.root.path} are those of key {key.key_id} ({key.algorithm}) already: "
            "set SKILLS_KEY to the new one first."
        )
    if present.moving and present.key_id != key.key_id:
        raise OperatorError(
            f"The tokens in {run.root.path} are being made anew with key {present.key_id}, "
            f"but SKILLS_KEY gives {key.key_id}: give the former and call skills rekey again."
        )
    if has_signal_steps and not present.moving:
        signal_renewal.refuse_lost(run.root, present.key_id)
    at = clock.utc_text(run.now)
    return renew(
        run,
        key,
        Occasion(
            "rekey",
            house.LAYOUT,
            {"layout": house.LAYOUT},
            is_told_first=False,
            moments=lambda decisions: {decision.folder_name: at for decision in decisions},
            tell=lambda: signal_renewal.carry_over(run.root, _before(run.root, key) / "decided", key.key_id),
        ),
    )


def _before(root: Root, key: Key) -> Path:
    """Where what was derived stands once it is exchanged."""
    return root.work / "renewal" / key.key_id / "before"


def renew(run: steps.Run, key: Key, occasion: Occasion) -> int:
    """Decides all anew unless that is done, then exchanges; each step may be done again after a kill. How many
    decisions."""
    root = run.root
    staged = Root(root.work / "renewal" / key.key_id / "data")
    present = house.read(root)
    if present is None or not present.moving or not staged.decisions.exists():
        storage.refuse_lost_content(root)
        _stage(root, staged, occasion, at=clock.utc_text(run.now))
        _decide(run, staged, key)
        durable.sync([staged.path, staged.decided, staged.held])
        house.write(root, house.of_key(key, moving=occasion.kind, layout=occasion.layout))
    for name in _DERIVED:
        _exchange(staged.path / name, root.path / name, _before(root, key) / name)
    count = _tell(run, staged, occasion)
    house.write(root, house.of_key(key, layout=occasion.layout))
    shutil.rmtree(root.work / "renewal")
    return count


def _stage(root: Root, staged: Root, occasion: Occasion, at: str) -> None:
    """A root of its own, with the logs of the root and links to what was received; begun with another key, it is begun
    anew."""
    if not staged.path.exists():
        shutil.rmtree(root.work / "renewal", ignore_errors=True)
    staged.make()
    for path in log.paths(root):
        if path not in (root.decisions, root.publications):
            log.rewrite(staged.received / path.name, log.read(path))
    line = _line(staged, occasion, at)
    if occasion.is_told_first and not any(entry.kind == line.kind for entry in log.read(house.log_file(staged))):
        log.append(house.log_file(staged), [line])
    for name, (part, _) in receive.parts(root).items():
        link = staged.received / name
        if not link.is_symlink():
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(part.path.parent)


def _decide(run: steps.Run, staged: Root, key: Key) -> None:
    staged_run = steps.Run(staged, run.as_of, run.now)
    staged_run.key = key
    staged_run.open()
    try:
        for _ in deciding.in_turn(
            staged_run, {dataset: deciding.undecided(staged, dataset) for dataset in contract.names()}
        ):
            pass
    finally:
        staged_run.close()


def _exchange(new: Path, place: Path, before: Path) -> None:
    if not new.is_dir():
        return  # exchanged already
    if place.exists():
        shutil.rmtree(before, ignore_errors=True)
        before.parent.mkdir(exist_ok=True)
        durable.sync([durable.move(place, before)])
    durable.sync([durable.move(new, place)])


def _tell(run: steps.Run, staged: Root, occasion: Occasion) -> int:
    """Tells of what now stands, and what step that was; how many decisions."""
    root = run.root
    new = decision_log.told(staged)
    decision_log.drop(root, sorted(decision_log.told(root).keys() - new.keys()), run.now, occasion.kind)
    decisions = [register.stored(root, folder_name, told) for folder_name, told in new.items()]
    moment_of = occasion.moments(decisions)
    decision_log.add(root, sorted(decisions, key=lambda decision: moment_of[decision.folder_name]), moment_of)
    occasion.tell()
    line = _line(staged, occasion, clock.utc_text(run.now))
    last = [(entry.kind, entry.subject) for entry in log.read(house.log_file(root))[-1:]]
    if (line.kind, line.subject) not in last:
        log.append(house.log_file(root), [replace(line, facts={**line.facts, "decisions": len(decisions)})])
    return len(decisions)


def _line(staged: Root, occasion: Occasion, at: str) -> log.Entry:
    """What was done, by which key."""
    actor = log.Actor("program", "skills", occasion.kind)
    return log.Entry(at, actor, occasion.kind, staged.path.parent.name, occasion.facts)
