"""Copies of a data root on another disk: each a whole root with a manifest, sharing what did not change by hard link.

A backup is a folder named by its moment: `data/`, laid out as any data root, `backup.json` with the checksum of every
file, and, where asked for, `data.key`. What the next run makes anew (`work/`, reports, workbooks), Dagster's history
and the local PostgreSQL are not in it. Old backups may be deleted as folders; the others stay whole. Whether logs and
content fit together is `orchestration.pipeline.storage`; ends at files that are what the manifest says.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.store import durable
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

MANIFEST = "backup.json"
FORMAT = 1
_DATA, _KEY = "data", "data.key"
_LEFT_OUT = ("work", "reports", "corrections", "dagster", "postgres", "log")
_LEFT_OUT_BEGINNINGS = ("dagster.damaged-",)
_LEFT_OUT_ENDS = (".lock", ".holder", ".sock", ".part")
_APPENDED = (".jsonl", ".head")
"""Files that grow where they lie; all others are replaced by another of the same name, so that a link keeps them."""
_STAMP = "%Y%m%dT%H%M%SZ"
_PIECE = 2**20
_AT_ONCE = 4


@dataclass(frozen=True)
class File:
    """A file of a backup; `changed`: its time of change in nanoseconds."""

    sha256: str
    size: int
    changed: int
    mode: int


@dataclass(frozen=True)
class Backup:
    """A whole backup. `facts`: whence, when, by which program; `files`, `links` and empty `folders` by their place
    below `data/`."""

    folder: Path
    facts: Mapping[str, Any]
    files: Mapping[str, File]
    links: Mapping[str, str]
    folders: Sequence[str]

    @property
    def root(self) -> Root:
        return Root(self.folder / _DATA)

    @property
    def key_file(self) -> Path:
        return self.folder / _KEY


@dataclass(frozen=True)
class Written:
    """`copied`: files and bytes that were new; all others are shared with the backup before."""

    backup: Backup
    copied: int
    copied_bytes: int


def stage(root: Root) -> Path:
    """Lays links to all that a backup holds, and copies of the logs, as they stand at this moment: seconds, in which
    the caller holds both locks. The rest needs none. What cannot be read is left out: it is missed when the backup is
    compared with its logs, or lies in the inbox and is its sender's."""
    staged = root.work / "backup"
    shutil.rmtree(staged, ignore_errors=True)
    for place in _places(root.path):
        path, target = root.path / place, staged / place
        _make_folder(path.parent, target.parent)
        if place.endswith("/"):
            _make_folder(path, target)
        elif path.is_symlink():
            target.symlink_to(path.readlink())
        elif place.endswith(_APPENDED):
            shutil.copy2(path, target)
        elif path.is_file() and os.access(path, os.R_OK):
            _link(path, target)
    return staged


def _places(top: Path) -> Iterator[str]:
    """What of a root is backed up, in a fixed order; a folder in which nothing lies ends with a stroke."""
    for folder, folders, files in os.walk(top):
        inner = Path(folder).relative_to(top)
        if inner == Path():
            folders[:] = [name for name in folders if not _is_left_out(name)]
        folders[:] = sorted(name for name in folders if not name.endswith(".part"))
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*files, *linked]):
            if not name.endswith(_LEFT_OUT_ENDS):
                yield (inner / name).as_posix()
        if not folders and not files:
            yield f"{inner.as_posix()}/"


def _is_left_out(name: str) -> bool:
    return name in _LEFT_OUT or name.startswith(_LEFT_OUT_BEGINNINGS)


def write(staged: Path, destination: Path, moment: dt.datetime, facts: Mapping[str, Any], key: str | None) -> Written:
    """A new backup in `destination`, on the disk when this returns; it is none until `name` gives it its name.

    Args:
        facts: for the manifest.
        key: the key of the tokens, in hex; null: it is not in the backup.
    """
    before = newest(destination)
    folder = destination / f"{moment.astimezone(dt.UTC).strftime(_STAMP)}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    written = Backup(folder, {**facts, "format": FORMAT, "has_key": key is not None}, *_laid(staged, folder, before))
    if key is not None:
        durable.write(written.key_file, f"{key}\n".encode())
    told = dataclasses.asdict(written)
    told = {**written.facts, **{name: told[name] for name in ("files", "links", "folders")}}
    durable.replace(folder / MANIFEST, json.dumps({"backup": told, "sha256": _checksum(told)}, indent=1).encode())
    shared = before.files if before else {}
    copied = [place for place, file in written.files.items() if shared.get(place) != file]
    _sync(written.root.path, copied)
    return Written(written, len(copied), sum(written.files[place].size for place in copied))


def _laid(staged: Path, folder: Path, before: Backup | None) -> tuple[dict[str, File], dict[str, str], list[str]]:
    """Copies what is staged into `data/`, or links what the backup before has: files, links, empty folders."""
    files: dict[str, File] = {}
    links: dict[str, str] = {}
    folders: list[str] = []
    for place in _places(staged):
        source, target = staged / place, folder / _DATA / place
        _make_folder(source.parent, target.parent)
        if place.endswith("/"):
            _make_folder(source, target)
            folders.append(place)
        elif source.is_symlink():
            links[place] = str(source.readlink())
            target.symlink_to(links[place])
        elif before is not None and (known := _unchanged(before, place, source)):
            _link(before.root.path / place, target)
            files[place] = known
        else:
            files[place] = _copy(source, target)
    return files, links, folders


def _sync(top: Path, places: Iterable[str]) -> None:
    """Brings files below a folder, and all its folders, to the disk."""
    durable.sync([*(top / place for place in places), *(path for path in top.rglob("*") if path.is_dir()), top.parent])


def _unchanged(before: Backup, place: str, source: Path) -> File | None:
    """What the backup before tells of a file that has not changed since."""
    known = before.files.get(place)
    facts = source.stat()
    told = (facts.st_size, facts.st_mtime_ns, stat.S_IMODE(facts.st_mode))
    return known if known is not None and (known.size, known.changed, known.mode) == told else None


def name(written: Backup) -> Backup:
    """Gives a backup that was compared its name: until then it is none."""
    folder = written.folder.with_suffix("")
    durable.sync([durable.move(written.folder, folder)])
    return dataclasses.replace(written, folder=folder)


def newest(destination: Path) -> Backup | None:
    """The last whole backup in a folder of backups."""
    for folder in sorted(destination.glob("*Z"), reverse=True):
        if (folder / MANIFEST).is_file():
            return opened(folder)
    return None


def opened(folder: Path) -> Backup:
    """A backup by its folder; `OperatorError` where there is none or its manifest is damaged."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_bytes())
        facts = told["backup"]
        if _checksum(facts) != told["sha256"]:
            raise ValueError
        files = {place: File(**file) for place, file in facts.pop("files").items()}
    except FileNotFoundError:
        raise OperatorError(f"{folder} holds no backup: name a folder that skills backup wrote.") from None
    except (ValueError, KeyError, TypeError):
        raise OperatorError(f"{path} is damaged: restore another backup.") from None
    if facts["format"] > FORMAT:
        raise OperatorError(f"{folder} was written by a newer version of this program: restore it with that.")
    links, folders = facts.pop("links"), facts.pop("folders")
    return Backup(folder, facts, files, links, folders)


def damaged(backup: Backup) -> list[Path]:
    """The files of a backup that are gone or hold other bytes than its manifest says; all are read."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        whole = list(pool.map(lambda place: _is_whole(backup, place), backup.files))
    hurt = [backup.root.path / place for place, is_whole in zip(backup.files, whole, strict=True) if not is_whole]
    return hurt + [path for place, to in backup.links.items() if not _leads(path := backup.root.path / place, to)]


def _leads(path: Path, to: str) -> bool:
    return path.is_symlink() and str(path.readlink()) == to


def _is_whole(backup: Backup, place: str) -> bool:
    try:
        with (backup.root.path / place).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == backup.files[place].sha256
    except OSError:
        return False


def restore(backup: Backup, root: Root, tell: Callable[[str], None]) -> None:
    """Lays a backup as a new data root, compared as it is copied; `OperatorError` where a root stands there or the
    backup is damaged, and then nothing is left there."""
    if root.path.exists() and any(root.path.iterdir()):
        raise OperatorError(f"{root.path} is not empty: restore into a folder that is new.")
    part = root.path.with_name(f"{root.path.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    part.chmod(stat.S_IMODE(backup.root.path.stat().st_mode))
    for place, file in backup.files.items():
        if not _is_copied(backup.root.path / place, part / place, file):
            shutil.rmtree(part)
            raise OperatorError(f"{backup.root.path / place} is damaged: restore another backup.")
    for place in backup.folders:
        (part / place).mkdir(parents=True, exist_ok=True)
    for place, to in backup.links.items():
        (part / place).parent.mkdir(parents=True, exist_ok=True)
        (part / place).symlink_to(to)
    _sync(part, backup.files)
    if root.path.exists():
        root.path.rmdir()
    durable.sync([durable.move(part, root.path)])
    if backup.key_file.is_file() and not root.key_file.exists():
        durable.replace(root.key_file, backup.key_file.read_bytes())
        tell(f"The key of the tokens was restored to {root.key_file}.")


def _is_copied(source: Path, target: Path, told: File) -> bool:
    try:
        _make_folder(source.parent, target.parent)
        return _copy(source, target).sha256 == told.sha256
    except FileNotFoundError:
        return False


def _copy(source: Path, target: Path) -> File:
    """Copies a file with its times and mode; what was copied."""
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(_PIECE):
            digest.update(piece)
            writer.write(piece)
            size += len(piece)
    shutil.copystat(source, target)
    facts = source.stat()
    return File(digest.hexdigest(), size, facts.st_mtime_ns, stat.S_IMODE(facts.st_mode))


def _link(source: Path, target: Path) -> None:
    """A hard link, or a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _make_folder(source: Path, target: Path) -> None:
    """A folder as open as the one that it copies."""
    if not target.is_dir():
        if not target.parent.is_dir():
            _make_folder(source.parent, target.parent)
        target.mkdir()
        target.chmod(stat.S_IMODE(source.stat().st_mode))


def _checksum(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
