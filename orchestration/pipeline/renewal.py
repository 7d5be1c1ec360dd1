"""Brings a data root to this layout, or its tokens to another key: what is derived is made anew and exchanged at once.

Every submission is decided anew from `received/` and the logs into a root of its own under `work/renewal/`, where a
killed step goes on; only when all of them stand there does `house.json` say that they are being moved, and nothing else
uses the root until they are. Published folders stay as they are. Ends at the exchanged folders and one line in
`received/house.jsonl`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest import receive
from orchestration.pipeline import deciding, storage
from orchestration.pipeline import run as steps
from warehouse.published import publication
from warehouse.store import decision_log, durable, house, keys, log, publication_log, records, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Delivery

_FIRST = "layout-1"
"""Under `received/`: the logs of the first layout, as they were."""
_DERIVED = ("decided", "held")


def settle(run: steps.Run) -> None:
    """Before a run: a root that no run has used gets its `house.json`, one of an older layout is brought to this one.

    The caller holds the lock of deciding; where all is made anew, that of building is held too.
    """
    root = run.root
    present = house.read(root)
    if present is None and not log.paths(root) and not (root.received / _FIRST).exists():
        house.write(root, house.of_key(run.key))
    elif present is None or present.moving == "upgrade":
        run.hold_both()
        _chain_logs(root)
        _renew(run, keys.key_set(root), "upgrade")
    else:
        house.admit(root, run.key)


def rekey(run: steps.Run) -> int:
    """Makes all tokens anew with the key that is set; how many decisions. The caller holds both locks."""
    present = house.read(run.root)
    if present is None or present.moving == "upgrade":
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
    return _renew(run, key, "rekey")


def _renew(run: steps.Run, key: Key, kind: str) -> int:
    """Decides all anew unless that is done, then exchanges; each step may be done again after a kill."""
    root = run.root
    staged = Root(root.work / "renewal" / key.key_id / "data")
    present = house.read(root)
    if present is None or not present.moving or not staged.decisions.exists():
        storage.refuse_lost_content(root)
        _stage(root, staged, kind, at=clock.utc_text(run.now))
        _decide(run, staged, key)
        durable.sync([staged.path, staged.decided, staged.held])
        house.write(root, house.of_key(key, moving=kind))
    for name in _DERIVED:
        _exchange(staged.path / name, root.path / name, staged.path.parent / "before" / name)
    count = _tell(run, staged, kind)
    house.write(root, house.of_key(key))
    shutil.rmtree(root.work / "renewal")
    return count


def _stage(root: Root, staged: Root, kind: str, at: str) -> None:
    """A root of its own, with the logs of the root and links to what was received; begun with another key, it is begun
    anew."""
    if not staged.path.exists():
        shutil.rmtree(root.work / "renewal", ignore_errors=True)
    staged.make()
    for path in log.paths(root):
        if path not in (root.decisions, root.publications):
            log.rewrite(staged.received / path.name, log.read(path))
    if kind == "upgrade" and not any(entry.kind == kind for entry in log.read(house.log_file(staged))):
        log.append(house.log_file(staged), [_line(root, staged, kind, at)])
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
        for dataset in contract.names():
            deciding.decide(staged_run, dataset, deciding.undecided(staged, dataset))
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


def _tell(run: steps.Run, staged: Root, kind: str) -> int:
    """Tells of what now stands, and what step that was; how many decisions."""
    root = run.root
    new = decision_log.told(staged)
    decision_log.drop(root, sorted(decision_log.told(root).keys() - new.keys()), run.now, kind)
    decisions = [register.stored(root, folder_name, told) for folder_name, told in new.items()]
    at = clock.utc_text(run.now)
    moments = _moments_of_first_layout(root) if kind == "upgrade" else {}
    first = _first_received(root)
    moment_of = {
        decision.folder_name: moments.get(decision.submission_id, first[decision.submission_id])
        if kind == "upgrade"
        else at
        for decision in decisions
    }
    decision_log.add(root, sorted(decisions, key=lambda decision: moment_of[decision.folder_name]), moment_of)
    if kind == "upgrade":
        _tell_publications(root, at)
    line = _line(root, staged, kind, at)
    if not any((entry.kind, entry.subject) == (kind, line.subject) for entry in log.read(house.log_file(root))[-1:]):
        log.append(house.log_file(root), [replace(line, facts={**line.facts, "decisions": len(decisions)})])
    return len(decisions)


def _line(root: Root, staged: Root, kind: str, at: str) -> log.Entry:
    """What was done, by which key; an upgrade tells what came before anything was compared with what stood."""
    facts = {"layout": house.LAYOUT} | ({"deliveries": len(receive.deliveries(root))} if kind == "upgrade" else {})
    return log.Entry(at, log.Actor("program", "skills", kind), kind, staged.path.parent.name, facts)


def _first_received(root: Root) -> dict[str, str]:
    """Submission → when it first came."""
    first: dict[str, str] = {}
    for delivery in receive.deliveries(root):
        if delivery.submission:
            first.setdefault(delivery.submission.submission_id, delivery.received_at)
    return first


def _chain_logs(root: Root) -> None:
    """Logs of flat lines become chained ones, each in one move; as they were they are kept."""
    for path in sorted(root.received.glob("*.jsonl")):
        lines = path.read_bytes()
        flat = lines[: lines.rfind(b"\n") + 1].splitlines()
        if not flat or log.is_chained(flat[0]):
            continue
        kept = root.received / _FIRST / path.name
        kept.parent.mkdir(exist_ok=True)
        if not kept.exists():
            os.link(path, kept)
            durable.sync([kept.parent])
        if path == root.decisions:
            path.unlink()  # told anew with what is decided anew
        else:
            log.rewrite(path, [_entry(root, path, number, line) for number, line in enumerate(flat, 1)])


def _entry(root: Root, path: Path, number: int, line: bytes) -> log.Entry:
    kind: Any = Delivery if path == root.deliveries else records.kinds().get(path.name)
    try:
        record = kind(**json.loads(line))
    except (ValueError, TypeError):
        raise OperatorError(f"{path}, line {number} is damaged: restore the file from a backup.") from None
    return receive.entry_of(record) if kind is Delivery else records.entry_of(record, "command line")


def _moments_of_first_layout(root: Root) -> dict[str, str]:
    """Submission → when it was first decided, as far as the first layout told."""
    path = root.received / _FIRST / root.decisions.name
    moments: dict[str, str] = {}
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            told = json.loads(line)
        except ValueError:
            continue  # cut off by a kill
        moments.setdefault(told["folder_name"].rpartition("@")[0], told["decided_at"])
    return moments


def _tell_publications(root: Root, at: str) -> None:
    """Publications of the first layout are taken as they are found."""
    for manifest, sha256 in sorted(_manifests(root), key=lambda told: str(told[0]["published_at"])):
        publication_log.add(root, manifest["publication_id"], sha256, manifest["published_at"])
    if root.current.exists():
        publication_log.move(root, root.current.resolve().name, at)


def _manifests(root: Root) -> Iterator[tuple[dict[str, Any], str]]:
    for path in root.published.glob(f"*/{publication.MANIFEST}"):
        if not path.parent.is_symlink():
            try:
                yield json.loads(path.read_bytes()), publication.sha256(path)
            except ValueError:
                continue  # damaged: it is not told of, so that nothing opens it
