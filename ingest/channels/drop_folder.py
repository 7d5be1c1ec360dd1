"""The drop folder `inbox/<DEPARTMENT>/[<district>/]<file>`, on any file system that fsspec knows.

Here: listing, placing each file with its feed, the folder's name. Not here: what names and contents mean
(`recognise.py`), storing. Ends at `ChannelFile`.
"""

from __future__ import annotations

import datetime as dt
import errno
import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import PurePosixPath

import fsspec

from ingest.channels import UNOPENED, ChannelFile, Identity
from ingest.feed import Feed
from ingest.pool import Pool
from ingest.read import peek
from ingest.recognise import Recognised, recognise
from warehouse.vocabulary import reference

NAME = "drop_folder"
CLOSED = "文件夹打不开，其中的文件都没有读取；请给予读取权限。"
INBOX = "inbox"
_HIDDEN = re.compile(r"~\$|\.(?!\.)")
_TEMPORARY_ENDS = (".part", ".tmp", ".crdownload", ".filepart")


def folder(department: str) -> str:
    """The folder that serves a department, as people are told it."""
    return f"{INBOX}/{department}/"


class DropFolder:
    """One run's look at the folder: each part of it is listed once, and each new file is placed once.

    `feeds` are all feeds: a file is one feed's because it is no other's.
    """

    def __init__(self, inbox: str, feeds: Iterable[Feed], readers: Pool | None = None) -> None:
        self._files = fsspec.filesystem("file")
        self._inbox = inbox.rstrip("/")
        self._feeds: dict[str, dict[str, Feed]] = {}
        for feed in feeds:
            self._feeds.setdefault(feed.department, {})[feed.dataset] = feed
        self._listed: dict[str, list[ChannelFile]] = {}
        self._readers = readers
        self._placed: dict[Identity, ChannelFile] = {}

    def pull(self, feed: Feed, seen: Set[Identity]) -> Iterator[ChannelFile]:
        """The new files that are this feed's by folder, name or content."""
        return (file for file in self._new(feed.department, seen) if file.dataset == feed.dataset)

    def unrecognised_files(self, seen: Set[Identity]) -> Iterator[ChannelFile]:
        """The new files that no feed claims: in a department's folder, in an unknown one, or in none."""
        return (file for part in self._parts() for file in self._new(part, seen) if file.problem)

    def unseen(self, seen: Set[Identity]) -> Iterator[ChannelFile]:
        """All new files, not yet placed."""
        return (file for part in self._parts() for file in self._list(part) if file.seen_as not in seen)

    def _parts(self) -> list[str]:
        """What lies in the inbox itself: folders and files without a folder."""
        if not self._files.isdir(self._inbox):
            return []
        return sorted(PurePosixPath(name).name for name in self._files.ls(self._inbox, detail=False))

    def _list(self, part: str) -> list[ChannelFile]:
        """Every file of one part of the inbox, not yet placed."""
        if part not in self._listed:
            path = f"{self._inbox}/{part}"
            entries = self._entries(path) if os.path.lexists(path) else []
            files = [self._file(entry) for entry in sorted(entries, key=lambda entry: str(entry["name"]))]
            self._listed[part] = [file for file in files if not _is_temporary(PurePosixPath(file.name))]
        return self._listed[part]

    def _entries(self, path: str) -> Iterator[Mapping[str, object]]:
        """Everything under a path but folders; of folders those that cannot be listed."""
        try:
            entries = self._files.ls(path, detail=True)
        except OSError:
            yield {"name": path, "type": "closed", "size": 0, "mtime": os.lstat(path).st_mtime}
            return
        for entry in entries:
            if entry["type"] == "directory" and entry["name"] != path:
                yield from self._entries(str(entry["name"]))
            else:
                yield entry

    def _new(self, part: str, seen: Set[Identity]) -> Iterator[ChannelFile]:
        for file in self._list(part):
            if file.seen_as not in seen:
                if file.seen_as not in self._placed:
                    self._placed[file.seen_as] = _placed(file, self._place(file))
                yield self._placed[file.seen_as]

    def _file(self, entry: Mapping[str, object]) -> ChannelFile:
        path = PurePosixPath(_legible(str(PurePosixPath(str(entry["name"])).relative_to(self._inbox))))
        is_closed = entry["type"] == "closed"
        # A link may lead to what its sender must not see, and a pipe never ends.
        is_file = entry["type"] == "file" and not entry.get("islink")
        return ChannelFile(
            channel=NAME,
            department=path.parts[0] if len(path.parts) > 1 or is_closed else "",
            name=str(path),
            size=int(str(entry["size"])),
            modified_at=_utc(entry["mtime"]),
            open=functools.partial(self._files.cat_file, str(entry["name"])) if is_file else _refuse,
            problem=CLOSED if is_closed else None,
        )

    def _place(self, file: ChannelFile) -> Recognised | str:
        if file.problem:
            return file.problem
        try:
            return self._recognise(PurePosixPath(file.name), file.open)
        except OSError:
            return UNOPENED

    def _recognise(self, path: PurePosixPath, read: Callable[[], bytes]) -> Recognised | str:
        department, *folders = path.parts[:-1] or ("",)
        if department == "":
            return "文件直接放在收件箱里，看不出是哪个部门的；请放到以部门代码命名的文件夹，如 HRSS。"
        if department not in reference.codes("department"):
            return f"文件夹 {department} 不是部门代码；请改为部门代码，如 HRSS。"
        feeds = self._feeds.get(department, {})
        if not feeds:
            return f"{reference.codes('department')[department]}目前没有应报的数据。"
        if len(folders) > 1:
            return "文件放得太深：请直接放在部门文件夹或其区级文件夹里。"
        district = folders[0] if folders else None
        if district is not None and not any(district in feed.districts for feed in feeds.values()):
            return f"{reference.codes('department')[department]}没有区级报送单位 {district}，请放到该部门的文件夹。"
        return recognise(department, district, path.name, feeds, lambda: peek(read(), self._readers))


def _placed(file: ChannelFile, place: Recognised | str) -> ChannelFile:
    if isinstance(place, str):
        return ChannelFile(**vars(file) | {"problem": place})
    facts = {"dataset": place.feed.dataset, "unit": place.unit, "period": str(place.period), "answers": place.answers}
    return ChannelFile(**vars(file) | facts)


def _is_temporary(path: PurePosixPath) -> bool:
    """A lock file of an office program, a hidden file, or one that is still being copied."""
    return any(_HIDDEN.match(part) for part in path.parts) or path.suffix.lower() in _TEMPORARY_ENDS


def _legible(name: str) -> str:
    """A name that is text: bytes that are no UTF-8 are read as GB18030, as old archives write Chinese names."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def _refuse() -> bytes:
    raise OSError(errno.EINVAL, "no regular file")


def _utc(mtime: object) -> str:
    moment = dt.datetime.fromtimestamp(float(str(mtime)), dt.UTC)
    return moment.isoformat(timespec="microseconds")
