"""A little data root with a few received and decided files, and how to damage it. Test support only."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ingest.pool import Pool
from orchestration.pipeline import deciding
from orchestration.pipeline import run as steps
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import decision_log, house, log, register
from warehouse.store.data_root import Root
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Decision

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
KEY, OTHER = Key(bytes(range(32))), Key(bytes(range(1, 33)))
DATASET = "training_record"
BAD = ("李四", "110105194912310021", "SZ-CAB-0001", "02", "40", "1", "1")
FILES = {
    "CAB/training_record_2025-12.csv": delimited([HEADERS, ROW]),
    "CAB/training_record_2026-01.csv": delimited([HEADERS, ROW, BAD]),
    "TRA/training_record_2026-01.csv": delimited([HEADERS, BAD, ROW, ROW]),
}


def send(root: Root) -> None:
    for number, (name, content) in enumerate(FILES.items()):
        path = root.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = dt.datetime(2026, 2, 10, 8, number, tzinfo=dt.UTC).timestamp()
        os.utime(path, (moment, moment))
        path.with_name(f"{path.name}.done").touch()  # nobody waits until it is quiet


def prepared(root: Root, readers: Pool, key: Key | None = KEY) -> steps.Run:
    """A run with workers that others share, so that closing it does not end them."""
    run = steps.Run(root, NOW.date(), NOW, shared_readers=readers)
    if key is not None:
        run.__dict__["key"] = key
    return run


def kept(pool: Pool) -> Any:
    """The pool, not to be ended by the run that uses it."""
    return SimpleNamespace(run=pool.run, close=lambda: None)


def older(root: Root, decision: Decision, now: dt.datetime) -> Decision:
    """The same decision, made under rules of before."""
    before = dataclasses.replace(decision, rules_version="00000000", checksums={})
    folder = root.decision_folder(before)
    folder.mkdir()
    (folder / "decision.json").write_text(before.to_json(), "utf-8")
    decision_log.add(root, [before], now)
    return before


def take(root: Root, readers: Pool) -> None:
    """Receives and decides all that waits."""
    run = prepared(root, readers)
    run.open()
    try:
        deciding.pull(run)
        deciding.decide(run, DATASET, deciding.to_decide(run, DATASET))
    finally:
        run.close()


def lay(root: Root, readers: Pool) -> Root:
    """All files received and decided with `KEY`."""
    root.make()
    send(root)
    house.write(root, house.of_key(KEY))
    take(root, readers)
    return root


def tree(*folders: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder.parent)): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def keys_in_use(root: Root) -> set[str | None]:
    return {decision.key_id for options in register.decisions(root).values() for decision in options}


def to_first_layout(root: Root) -> None:
    """Writes the logs as the first layout had them, and takes away what it did not have."""
    for path in log.paths(root):
        entries = log.read(path)
        path.unlink()
        path.with_suffix(".head").unlink()
        flat = [
            _flat(path, entry) for entry in entries if entry.kind not in ("publication", "current", "rekey", "look")
        ]
        if flat:
            path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in flat), "utf-8")
    (root.path / "house.json").unlink(missing_ok=True)
    for path in root.published.glob("*/manifest.json"):
        if not path.parent.is_symlink():
            manifest = json.loads(path.read_bytes())
            del manifest["files"]
            manifest["logs"] = {
                name: {"lines": stood["lines"], "sha256": stood["head"]} for name, stood in manifest["logs"].items()
            }
            path.chmod(0o644)
            path.write_text(json.dumps(manifest), "utf-8")


def _flat(path: Path, entry: log.Entry) -> dict[str, object]:
    if path.name == "decisions.jsonl":
        return {"decided_at": entry.at, "folder_name": entry.subject}
    return {**entry.facts, "received_at" if path.name == "deliveries.jsonl" else "recorded_at": entry.at}
