"""The log of what runs did, for engineers and their tools: one JSON object a line, in a file that is turned over.

Codes, counts, seconds and our sentences stand in it, no value of a sender's cell and no file name; what looks like an
identifier is masked all the same. Several processes write it: each line is added under a lock, so that none is lost
when the file is turned over. To write it never fails a run. What is known for good stands in the chained logs. Ends at
lines.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import redact

Level = Literal["info", "warning", "error"]
_PATIENCE_SECONDS = 5.0
_MB = 2**20


def file(root: Root) -> Path:
    return (settings().log.folder or root.run_logs) / "skills.jsonl"


def tell(root: Root, event: str, level: Level = "info", **facts: Any) -> None:
    """Adds a line: `at` (UTC), `level`, `event`, `process`, and the facts."""
    at = clock.utc_text(clock.now())
    line = {"at": at, "level": level, "event": event, "process": os.getpid(), **_redacted(facts)}
    with contextlib.suppress(OSError, Timeout):
        _write(file(root), json.dumps(line, ensure_ascii=False, default=str))


def reason(error: BaseException) -> str:
    """What may be told of an error: our own sentences as they are; of any other its kind and the place in our code, for
    its message may quote a value."""
    if isinstance(error, OperatorError):
        return redact(error.kept or str(error))
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def _write(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = settings().log
    with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE_SECONDS):
        handler = RotatingFileHandler(path, maxBytes=told.max_mb * _MB, backupCount=told.files, encoding="utf-8")
        with contextlib.closing(handler):
            handler.handle(logging.makeLogRecord({"msg": line}))


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {_redacted(name): _redacted(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(part) for part in value]
    return value
