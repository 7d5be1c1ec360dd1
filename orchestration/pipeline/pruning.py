"""Deletes what is derived and no longer needed, by the settings' `retention`, and tells each deletion in a log.

What was received or decided, held rows, logs, keys, snapshots, workbooks and reports are no matter of this: a path
outside the few places named here is refused. What Dagster keeps of its runs is `orchestration.defs.run_pruning`. Ends
at the sentences of what went.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.pipeline import database_compaction
from warehouse.published import publication_retention
from warehouse.published.publication import MANIFEST
from warehouse.store import house, lock, publication_log
from warehouse.store.data_root import Root
from warehouse.store.settings import Settings
from warehouse.vocabulary import clock

SCRATCH = (
    "work/deciding",
    "work/building",
    "work/receiving",
    "work/rebuild",
    "work/in_full",
    "work/duckdb_tmp",
    "work/pages_tmp",
    "work/spark_tmp",
    "work/dbt/compiled",
    "work/dbt/run",
    "work/skills.duckdb.compact",
    "published/.publication.part",
)
"""What a killed process leaves behind, and what dbt writes for people to read. Nobody uses it while nobody holds a
lock."""
_KEPT = ("received", "held", "decided", "current", "snapshots", "corrections", "reports", "inbox")
_DATABASE = "work/skills.duckdb"
_COMPRESSED = "what a build wrote uncompressed is compressed; nothing of it is lost"
_ASIDE = re.compile(r"dagster\.damaged-(\d{8}T\d{6}Z)")
_ROTATED = re.compile(r".+\.jsonl\.(\d+)")


@dataclass(frozen=True)
class Removal:
    """Something that goes: a publication's id or a place in the data root, its files, the bytes that they free."""

    subject: str
    paths: tuple[Path, ...]
    size: int
    reason: str


def planned(root: Root, settings: Settings, now: dt.datetime) -> list[Removal]:
    """All that would go. What compression of dbt's database frees is not known before: 0 here."""
    removals = [*_scratch(root), *_by_retention(root, settings, now)]
    if database_compaction.is_wanted(root):
        removals.append(Removal(_DATABASE, (), 0, _COMPRESSED))
    return removals


def prune(root: Root, settings: Settings, now: dt.datetime, wait_seconds: float = 0) -> Iterator[Removal]:
    """What went, as it goes. `Busy` where others hold the root for longer than `wait_seconds`: scratch goes while
    nobody decides or builds, all else while nobody builds."""
    with lock.hold(root, *lock.RHYTHMS, wait_seconds=wait_seconds):
        house.refuse_moving(root)
        yield from _delete(root, _scratch(root), settings, now)
    with lock.hold(root, "build", wait_seconds=wait_seconds):
        yield from _delete(root, _by_retention(root, settings, now), settings, now)
        if database_compaction.is_wanted(root):
            freed = database_compaction.compact(root)
            publication_log.prune(root, _DATABASE, clock.utc_text(now), freed, _COMPRESSED)
            yield Removal(_DATABASE, (), freed, _COMPRESSED)


def _delete(root: Root, removals: Iterable[Removal], settings: Settings, now: dt.datetime) -> Iterator[Removal]:
    """Tells, then deletes: a kill leaves files of which it is told that they go, and which the next call takes."""
    for removal in list(removals):
        for path in removal.paths:
            refuse_kept(root, path, _log_folder(root, settings))
        publication_log.prune(root, removal.subject, clock.utc_text(now), removal.size, removal.reason)
        for path in removal.paths:
            _remove(path)
        yield removal


def refuse_kept(root: Root, path: Path, log_folder: Path) -> None:
    """Stops at a path that is not one of the few that may go: a mistake here would be the last one."""
    place = path.relative_to(root.path).as_posix() if path.is_relative_to(root.path) else ""
    is_scratch = any(place == name or place.startswith(f"{name}/") for name in SCRATCH)
    of_publication = re.fullmatch(r"published/(?!current/)[^/.][^/]*/(.+)", place)
    is_published = of_publication is not None and of_publication[1] != MANIFEST
    is_rotated = path.parent == log_folder and _ROTATED.fullmatch(path.name) and place.partition("/")[0] not in _KEPT
    if ".." in path.parts or not (is_scratch or is_published or is_rotated or _ASIDE.fullmatch(place)):
        raise AssertionError(f"{path} is not to be deleted.")


def _scratch(root: Root) -> Iterator[Removal]:
    for name in SCRATCH:
        path = root.path / name
        if path.exists() and (size := _freed([path])):
            yield Removal(name, (path,), size, "left over from a process that has ended")


def _by_retention(root: Root, settings: Settings, now: dt.datetime) -> Iterator[Removal]:
    yield from _publications(root, settings)
    yield from _set_aside(root, settings, now)
    yield from _rotated(root, settings)


def _publications(root: Root, settings: Settings) -> Iterator[Removal]:
    told = settings.retention
    reason = f"none of the newest {told.publications} nor the last of {told.month_ends} months, nor chosen by a person"
    for publication_id, paths in publication_retention.prunable(root, told.publications, told.month_ends):
        yield Removal(publication_id, tuple(paths), _freed(paths), reason)


def _set_aside(root: Root, settings: Settings, now: dt.datetime) -> Iterator[Removal]:
    for path in sorted(root.path.glob("dagster.damaged-*")):
        match = _ASIDE.fullmatch(path.name)
        if match:
            since = dt.datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
            if now - since > dt.timedelta(days=settings.retention.dagster_days):
                yield Removal(path.name, (path,), _freed([path]), "a damaged history of runs, set aside long ago")


def _rotated(root: Root, settings: Settings) -> Iterator[Removal]:
    for path in sorted(_log_folder(root, settings).glob("*.jsonl.*")):
        match = _ROTATED.fullmatch(path.name)
        if match and int(match[1]) > settings.log.files:
            yield Removal(f"log/{path.name}", (path,), _freed([path]), f"more than {settings.log.files} older files")


def _log_folder(root: Root, settings: Settings) -> Path:
    return settings.log.folder or root.run_logs


def _freed(paths: Sequence[Path]) -> int:
    """Bytes of the files of which no other name is left: publications share what is the same."""
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    facts = [file.lstat() for file in files if file.is_file() and not file.is_symlink()]
    return sum(fact.st_size for fact in facts if fact.st_nlink == 1)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
