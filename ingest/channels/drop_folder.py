"""The drop folder `inbox/<DEPARTMENT>/[<district>/]<file>`.

Here: listing, placing each file with its feed, the folder's name. Not here: when a file is whole (`whole_files.py`),
what names and contents mean (`recognise.py`), storing. Ends at `ChannelFile`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ingest.channels import UNOPENED, Changed, ChannelFile, Identity, Seen
from ingest.channels.whole_files import Entry, Quiet, is_sidecar, opened, refuse, whole, with_sidecars
from ingest.feed import Feed
from ingest.limits import limits
from ingest.placing import Placing, place
from ingest.pool import Pool
from ingest.recognise import Recognised, is_for_answers
from warehouse.vocabulary import reference

NAME = "drop_folder"
CLOSED = "文件夹打不开，其中的文件都没有读取；请给予读取权限。"
INBOX = "inbox"
_HIDDEN = re.compile(r"~\$|\.(?!\.)")
_EARLIEST, _LATEST = dt.datetime(1950, 1, 1, tzinfo=dt.UTC), dt.datetime(2150, 1, 1, tzinfo=dt.UTC)
_TEMPORARY_ENDS = (".part", ".tmp", ".crdownload", ".filepart")


def folder(unit: str) -> str:
    """The folder that serves a department or one of its district units, as people are told it."""
    return f"{INBOX}/{unit.replace('.', '/')}/"


class DropFolder:
    """One run's look at the folder: it is listed once, and each new file is placed once.

    `feeds` are all feeds: a file is one feed's because it is no other's.
    """

    def __init__(self, inbox: Path, feeds: Iterable[Feed], quiet: Quiet, readers: Pool | None = None) -> None:
        self._inbox = inbox
        self._feeds: dict[str, dict[str, Feed]] = {}
        for feed in feeds:
            self._feeds.setdefault(feed.department, {})[feed.dataset] = feed
        self._quiet = quiet
        self._readers = readers
        self._placed: dict[Identity, ChannelFile] = {}

    def pull(self, feed: Feed, seen: Seen) -> Iterator[ChannelFile]:
        """The new files that are this feed's by folder, name or content."""
        return (file for file in self._new(feed.department, seen) if file.dataset == feed.dataset)

    def unrecognised_files(self, seen: Seen) -> Iterator[ChannelFile]:
        """The new files that no feed claims: in a department's folder, in an unknown one, or in none."""
        return (file for part in sorted(self._files) for file in self._new(part, seen) if file.dataset is None)

    def unseen(self, seen: Seen) -> Iterator[ChannelFile]:
        """All new files, not yet placed."""
        return (file for part in sorted(self._files) for file in self._files[part] if file.is_new(seen))

    @functools.cached_property
    def _files(self) -> dict[str, list[ChannelFile]]:
        """The whole files, not yet placed, by what lies in the inbox itself: folders and files without a folder."""
        by_part: dict[str, list[ChannelFile]] = {}
        if not self._inbox.is_dir():
            return by_part
        entries = whole(lambda: list(_entries(self._inbox)), self._inbox, self._quiet)
        for entry in sorted(entries, key=lambda entry: entry.path):
            part = entry.path.relative_to(self._inbox).parts[0]
            by_part.setdefault(part, []).append(self._file(entry))
        return by_part

    def _new(self, part: str, seen: Seen) -> Iterator[ChannelFile]:
        for file in self._files.get(part, ()):
            if file.is_new(seen):
                if file.seen_as not in self._placed:
                    with suppress(Changed):
                        self._placed[file.seen_as] = _placed(file, self._place(file))
                if file.seen_as in self._placed:
                    yield self._placed[file.seen_as]

    def _file(self, entry: Entry) -> ChannelFile:
        path = PurePosixPath(_legible(str(entry.path.relative_to(self._inbox))))
        is_closed = entry.kind == "closed"
        # A link may lead to what its sender must not see, and a pipe never ends.
        is_file = entry.kind == "file"
        return ChannelFile(
            channel=NAME,
            department=path.parts[0] if len(path.parts) > 1 or is_closed else "",
            name=str(path),
            size=entry.size,
            modified_at=_utc(entry.modified_at),
            open=functools.partial(opened, entry.path, entry.change) if is_file else refuse,
            change=entry.change,
            sha256_beside=entry.sha256_beside,
            is_quiet=entry.is_quiet,
            problem=CLOSED if is_closed else limits().oversize(entry.size) if is_file else UNOPENED,
        )

    def _place(self, file: ChannelFile) -> Recognised | str:
        """A file that must not be opened is placed by its name alone."""
        if file.problem == CLOSED:
            return CLOSED
        look = dataclasses.replace(file, open=refuse) if file.problem else file
        try:
            return self._recognise(PurePosixPath(file.name), look)
        except Changed:
            raise
        except OSError:
            return file.problem or UNOPENED

    def _recognise(self, path: PurePosixPath, file: ChannelFile) -> Recognised | str:
        department, *folders = path.parts[:-1] or ("",)
        below = [folder for folder in folders if not is_for_answers(folder)]
        district = below[0] if below else None
        feeds = self._feeds.get(department, {})
        misfiled = _misfiled(department, below, feeds)
        return place(Placing(department, district, path.name, feeds, file.open, misfiled), self._readers)


def _misfiled(department: str, folders: Sequence[str], feeds: Mapping[str, Feed]) -> str | None:
    """Why no feed is served by a folder; null where one is. `folders`: those below the department's, without those of
    corrections."""
    if department == "":
        return "文件直接放在收件箱里，看不出是哪个部门的；请放到以部门代码命名的文件夹，如 HRSS。"
    if department not in reference.codes("department"):
        return f"文件夹 {department} 不是部门代码；请改为部门代码，如 HRSS。"
    if not feeds:
        return f"{reference.codes('department')[department]}目前没有应报的数据。"
    if len(folders) > 1:
        return "文件放得太深：请直接放在部门文件夹或其区级文件夹里（更正件可放在其中的“更正”“补报”文件夹）。"
    if folders and not any(folders[0] in feed.districts for feed in feeds.values()):
        return f"{reference.codes('department')[department]}没有区级报送单位 {folders[0]}，请放到该部门的文件夹。"
    return None


def _placed(file: ChannelFile, place: Recognised | str) -> ChannelFile:
    if isinstance(place, str):
        return dataclasses.replace(file, problem=place)
    return dataclasses.replace(
        file, dataset=place.feed.dataset, unit=place.unit, period=str(place.period), answers=place.answers
    )


def _entries(folder: Path) -> Iterator[Entry]:
    """Everything under a folder but folders and what is no delivery by its name; of folders those that cannot be
    listed. What vanishes meanwhile was taken back."""
    with os.scandir(folder) as scanned:
        listed = list(scanned)
    names = {entry.name.lower(): entry.name for entry in listed}
    for entry in listed:
        if _is_temporary(entry.name) or is_sidecar(entry.name):
            continue
        path = Path(entry.path)
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if entry.is_dir(follow_symlinks=False):
            try:
                yield from _entries(path)
            except FileNotFoundError:
                continue
            except OSError:
                yield Entry.of(path, "closed", status)
        elif entry.is_file(follow_symlinks=False):
            yield with_sidecars(Entry.of(path, "file", status), names)
        else:
            yield Entry.of(path, "other", status)


def _is_temporary(name: str) -> bool:
    """A lock file of an office program, a hidden file, or one that is still being copied."""
    return bool(_HIDDEN.match(name)) or name.lower().endswith(_TEMPORARY_ENDS)


def _legible(name: str) -> str:
    """A name that is text: bytes that are no UTF-8 are read as GB18030, as old archives write Chinese names."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def _utc(modified_at: float) -> str:
    """A sender may write any number; beyond these two centuries it is no time."""
    within = min(max(modified_at, _EARLIEST.timestamp()), _LATEST.timestamp())
    return dt.datetime.fromtimestamp(within, dt.UTC).isoformat(timespec="microseconds")
