"""The one format of all logs under `received/`: chained JSON lines that are only ever added.

A line: `prev` (SHA-256 of the line before, for the first of the log's name), `at` (UTC, ISO 8601), `actor` (who, and
how we know), `kind`, `subject` and `facts`. Beside a log lies its head, so that lines cut off at its end are noticed
as well as lines changed in its middle. What a kind's facts mean is the module's that writes it. Ends at entries.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from warehouse.store import durable
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

PERSON = "person"
"""Kind of an actor who is one."""


@dataclass(frozen=True)
class Actor:
    """Who did it: a department, a person, the program; and what the name rests on."""

    kind: str
    id: str
    proof: str


PROGRAM = Actor("program", "skills", "run")


@dataclass(frozen=True)
class Entry:
    """One line, without its place in the chain. `subject`: what it is about, by its id."""

    at: str
    actor: Actor
    kind: str
    subject: str
    facts: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Head:
    """How far a log goes: its lines, and the digest of the last."""

    lines: int
    head: str


@dataclass
class _Log:
    """A log as last read. `size`: bytes of its whole lines; what a kill cut off lies behind."""

    seen: tuple[int, ...] | None
    size: int
    digests: list[str]
    entries: list[Entry]


_LOGS: dict[Path, _Log] = {}
"""A run reads the deliveries some fifty times; a log is read again only when its file has changed."""


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Adds lines; all are on the disk when this returns. What a kill cut off is taken away first. The caller holds the
    root's lock."""
    log = _read(path)
    added = list(entries)
    if not added:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines, digests = _chained(_last(path, log), added)
    durable.append(path, log.size, lines)
    _LOGS[path] = _Log(_seen(path), log.size + len(lines), log.digests + digests, log.entries + added)
    _write_head(path, head(path))


def _chained(digest: str, entries: Iterable[Entry]) -> tuple[bytes, list[str]]:
    """Lines that follow a digest, and the digest of each."""
    lines, digests = bytearray(), []
    for entry in entries:
        line = _line(digest, entry)
        digest = hashlib.sha256(line).hexdigest()
        digests.append(digest)
        lines += line + b"\n"
    return bytes(lines), digests


def read(path: Path) -> list[Entry]:
    """All entries, oldest first; one `OperatorError` with file and line where the chain is broken. A last line that a
    kill cut off is not yet one."""
    return _read(path).entries


def rewrite(path: Path, entries: Iterable[Entry]) -> None:
    """Lays a log anew in one move: for a copy, or when its layout changes."""
    part = path.with_name(f"{path.name}.part")
    lines, digests = _chained(_first(path), entries)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _head_file(path).unlink(missing_ok=True)
    durable.write(part, lines)
    durable.sync([part])
    durable.sync([durable.move(part, path)])
    _write_head(path, Head(len(digests), digests[-1] if digests else _first(path)))


def is_chained(line: bytes) -> bool:
    """Whether a line is of this format; those of the first layout were flat."""
    try:
        told = orjson.loads(line)
    except ValueError:
        return True  # a damaged one
    return not isinstance(told, dict) or "prev" in told or "facts" in told


def head(path: Path, lines: int | None = None) -> Head:
    """How far a log goes now, or where it stood after so many lines."""
    log = _read(path)
    count = len(log.digests) if lines is None else lines
    return Head(count, log.digests[count - 1] if count else _first(path))


def heads(root: Root) -> dict[str, dict[str, Any]]:
    """Every log of the root by file name: its lines and head, as manifests name them."""
    return {path.name: dataclasses.asdict(head(path)) for path in paths(root)}


def known(root: Root) -> dict[str, dict[str, Any]]:
    """The same of all that says what came and was decided: which publication is shown, and that somebody looked for
    what did not come, changes nothing of that."""
    stands = heads(root)
    for path in (root.publications, root.pulls):
        stands.pop(path.name, None)
    return stands


def paths(root: Root) -> list[Path]:
    """Every log of the root, also one of which nothing but its head is left."""
    logs = {path.with_suffix(".jsonl") for ending in ("jsonl", "head") for path in root.logs.glob(f"*.{ending}")}
    if _seen(root.publications) is not None:
        logs.add(root.publications)
    return sorted(logs, key=lambda path: path.name)


def path(root: Root, name: str) -> Path:
    """Where the log of a file name lies."""
    return root.publications if name == root.publications.name else root.logs / name


def freeze(root: Root, folder: Path) -> Root:
    """The root with its logs as they stand now, copied; but for what is published, which the build itself tells. The
    caller holds the intake lock."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    for path in paths(root):
        for file in (path, _head_file(path)):
            if path != root.publications and file.is_file():
                shutil.copyfile(file, folder / file.name)
    return replace(root, frozen_logs=folder)


def begins_with(path: Path, stood: Mapping[str, Any]) -> bool:
    """Whether a log still holds, unchanged, what it held when its head was taken."""
    lines = stood["lines"]
    return len(_read(path).digests) >= lines and dataclasses.asdict(head(path, lines)) == dict(stood)


def _read(path: Path) -> _Log:
    seen = _seen(path)
    log = _LOGS.get(path)
    if log is None or log.seen != seen:
        told = told_head(path)  # before the lines: one that is being written is then ahead of its head, never behind
        log = _parse(path, seen)
        if told is not None:
            _compare(path, log, told)
        _LOGS[path] = log
    return log


def _seen(path: Path) -> tuple[int, ...] | None:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    except PermissionError:
        raise OperatorError(f"{path} is its owner's alone: call this from the account that runs the house.") from None
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


def _parse(path: Path, seen: tuple[int, ...] | None) -> _Log:
    content = path.read_bytes() if seen is not None else b""
    whole = content[: content.rfind(b"\n") + 1]
    log = _Log(seen, len(whole), [], [])
    digest = _first(path)
    for number, line in enumerate(whole.split(b"\n")[:-1], 1):
        log.entries.append(_entry(path, number, line, digest))
        digest = hashlib.sha256(line).hexdigest()
        log.digests.append(digest)
    return log


def _entry(path: Path, number: int, line: bytes, digest: str) -> Entry:
    try:
        told = orjson.loads(line)
        prev = told["prev"]
        entry = Entry(told["at"], Actor(**told["actor"]), told["kind"], told["subject"], told["facts"])
    except (ValueError, TypeError, KeyError):
        if not is_chained(line):
            raise OperatorError(f"{path} is of an older layout: call skills run, which brings it up to date.") from None
        raise OperatorError(f"{path}, line {number} is damaged: restore the file from a backup.") from None
    if prev != digest:
        raise OperatorError(
            f"{path}, line {number} does not follow the line before it, so lines were changed or taken out there: "
            "restore the file from a backup."
        )
    return entry


def _line(digest: str, entry: Entry) -> bytes:
    told = {"prev": digest, **dataclasses.asdict(entry)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def _first(path: Path) -> str:
    """What the first line follows: the log's name, so that no log passes for another."""
    return hashlib.sha256(path.name.encode()).hexdigest()


def _last(path: Path, log: _Log) -> str:
    return log.digests[-1] if log.digests else _first(path)


def _head_file(path: Path) -> Path:
    return path.with_suffix(".head")


def _write_head(path: Path, stands: Head) -> None:
    told = f"{stands.lines} {stands.head}"
    durable.replace(_head_file(path), f"{told} {hashlib.sha256(told.encode()).hexdigest()}\n".encode())


def told_head(path: Path) -> Head | None:
    """The head that lies beside a log; null where there is none or where it is itself damaged, so that the next line
    writes it anew."""
    try:
        lines, digest, checksum = _head_file(path).read_text("utf-8").split()
    except (FileNotFoundError, ValueError):
        return None
    is_whole = hashlib.sha256(f"{lines} {digest}".encode()).hexdigest() == checksum
    return Head(int(lines), digest) if is_whole else None


def _compare(path: Path, log: _Log, told: Head) -> None:
    """A kill between a line and its head leaves the head behind, never ahead."""
    if len(log.digests) < told.lines:
        raise OperatorError(
            f"{path} has {len(log.digests):,} lines where it had {told.lines:,}: restore the file from a backup."
        )
    if told.lines and log.digests[told.lines - 1] != told.head:
        raise OperatorError(f"{path}, line {told.lines} is damaged: restore the file from a backup.")
