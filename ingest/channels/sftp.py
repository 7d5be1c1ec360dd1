"""Files on a department's SFTP server.

Here: what a connection and a place are told, what files are called, and the folder for those that were taken. Not here:
the connection (`sftp_session.py`), the walk (`sftp_tree.py`), when a file is whole (`sftp_whole.py`), bytes
(`sftp_files.py`), whose a file is (`ingest.placing`), storing. Ends at `Found`.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

import asyncssh

from ingest.channels import CLOSED, UNOPENED, Bookmark, Found, Ground, Source, Unreachable
from ingest.channels.drop_folder import is_temporary, legible, utc_text
from ingest.channels.sftp_files import checksum, move, opened
from ingest.channels.sftp_looks import DAY, Looks
from ingest.channels.sftp_session import Login, Session, Step, pinned
from ingest.channels.sftp_tree import Entry, Folder, Walk
from ingest.channels.sftp_whole import Judge, Whole
from ingest.channels.whole_files import refuse
from ingest.limits import limits
from warehouse.vocabulary import clock
from warehouse.vocabulary.secret import Secret


@dataclass(frozen=True)
class Settings:
    """`host_key`: what the server must show, a line for each key (`sftp_session.pinned`). `key`: a private key,
    with its `passphrase` where it has one. `done`: the name of a folder below each place, to which a file is moved when
    it was taken; empty: files stay."""

    host: str
    user: str
    port: int = 22
    host_key: str = ""
    password: Secret | None = None
    key: Secret | None = None
    passphrase: Secret | None = None
    done: str = ""

    def __post_init__(self) -> None:
        pinned(self.host_key)
        if self.password is None and self.key is None:
            raise ValueError("there must be a password or a key")
        if self.done in (".", "..") or "/" in self.done:
            raise ValueError("done must be the name of one folder")

    def login(self) -> Login:
        """With its secrets, which are read anew at each login."""
        password, key, passphrase = (
            secret.reveal() if secret else None for secret in (self.password, self.key, self.passphrase)
        )
        return Login(self.host, self.port, self.user, pinned(self.host_key), password, key, passphrase)


@dataclass(frozen=True)
class Place:
    """`path`: a folder on the server, absolute or from the user's first folder on; `pattern`: of names, or with slashes
    of paths below it; `since_days`: files that were modified before are not shown."""

    path: str = ""
    pattern: str = "*"
    since_days: int | None = None

    @property
    def raw(self) -> bytes:
        return (self.path.rstrip("/") or ("/." if self.path else ".")).encode()

    def below(self, entry: Entry) -> bytes:
        return entry.path.removeprefix(self.raw + b"/")

    def wants(self, entry: Entry, now: int) -> bool:
        is_old = self.since_days is not None and entry.modified < now - self.since_days * DAY
        return not is_old and PurePosixPath(legible(self.below(entry))).match(self.pattern)


def connect(name: str, settings: Settings, ground: Ground) -> Sftp:
    return Sftp(name, settings, ground)


class Sftp:
    """One run's look at a server, over one connection."""

    is_remote = True
    keeps_order = False

    def __init__(self, name: str, settings: Settings, ground: Ground) -> None:
        self._name = name
        self._done = settings.done.encode()
        self._ground = ground
        self._session = Session(settings.login)
        self._bookmarks: dict[Source, Bookmark] = {}
        self._shown: dict[tuple[Source, str], Whole] = {}

    def files(self, source: Source, bookmark: Bookmark) -> Iterator[Found]:
        """Whole files, and what cannot be opened or listed. Where somebody waits, every folder is looked into."""
        place, now, begun = cast(Place, source.place), int(clock.now().timestamp()), time.monotonic()
        looks = Looks(bookmark, now)
        folders: list[Folder] = []
        again: list[Folder] = []
        needs_look = _always if self._ground.waits else looks.needs_look
        cut = self._done_or_cut(functools.partial(Walk(self._is_listed, needs_look).down, place.raw, folders))
        judge = Judge(folders, looks, now, self._ground.quiet_seconds)
        if cut is None and (unsure := judge.unsure()):
            time.sleep(max(0.0, begun + self._ground.quiet_seconds - time.monotonic()))
            cut = self._done_or_cut(functools.partial(Walk(self._is_listed, _always).again, unsure, again))
        yield from self._unopened(source, place, folders)
        for whole in judge.whole({folder.path: folder for folder in again}):
            if place.wants(whole.entry, now):
                yield self._file(source, place, whole)
        if cut:
            raise cut
        self._bookmarks[source] = looks.then(folders)

    def bookmark(self, source: Source) -> Bookmark:
        return self._bookmarks.get(source, {})

    def taken(self, source: Source, file: Found) -> None:
        """Moves the file below the folder of what was taken, where the settings name one."""
        if self._done and (whole := self._shown.get((source, file.name))):
            place = cast(Place, source.place)
            target = b"/".join((place.raw, self._done, place.below(whole.entry)))
            move(self._session, whole.entry, target, whole.sidecars)

    def test(self, source: Source) -> str:
        place, now = cast(Place, source.place), int(clock.now().timestamp())
        folders: list[Folder] = []
        if cut := self._done_or_cut(functools.partial(Walk(self._is_listed, _always).down, place.raw, folders)):
            raise cut
        files = [entry for folder in folders for entry in folder.of_kind("file") if place.wants(entry, now)]
        newest = max((entry.modified for entry in files), default=None)
        told = f", the newest of {utc_text(newest)[:16]} UTC" if newest is not None else ""
        return f"{len(files):,} files in {len(folders):,} folders{told}"

    def close(self) -> None:
        self._session.close()

    def _is_listed(self, name: bytes) -> bool:
        return name != self._done and not is_temporary(legible(name))

    def _done_or_cut(self, step: Step[None]) -> Unreachable | None:
        """Why a step at a place was not carried out whole."""
        try:
            self._session.do(step)
        except Unreachable as cut:
            return cut
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return Unreachable("the path is not there: make it, or set it right", is_passing=False)
        except asyncssh.SFTPPermissionDenied:
            return Unreachable("the path cannot be listed: give the user leave to read it", is_passing=False)
        except asyncssh.SFTPError as error:
            return Unreachable(f"the server cannot list a folder: {type(error).__name__}")
        return None

    def _file(self, source: Source, place: Place, whole: Whole) -> Found:
        name, entry = _name(source, place, whole.entry), whole.entry
        self._shown[source, name] = whole
        return Found(
            channel=self._name,
            department=source.department,
            name=name,
            size=entry.size,
            modified_at=utc_text(entry.modified),
            open=functools.partial(opened, self._session, entry),
            is_versioned=whole.is_settled and not self._done,  # what could not be moved is tried again each day
            checksum=functools.partial(checksum, self._session, whole.sha256) if whole.sha256 else None,
            is_quiet=whole.is_quiet,
            problem=limits().oversize(entry.size),
        )

    def _unopened(self, source: Source, place: Place, folders: Sequence[Folder]) -> Iterator[Found]:
        """Links, pipes and the like, which lead to what their sender must not see or never end, and closed folders."""
        closed = [Entry(folder.path, "folder", 0, folder.modified) for folder in folders if folder.is_closed]
        others = [entry for folder in folders for entry in folder.of_kind("other")]
        for entry in (*closed, *others):
            yield Found(
                channel=self._name,
                department=source.department,
                name=_name(source, place, entry),
                size=entry.size,
                modified_at=utc_text(entry.modified),
                open=refuse,
                problem=CLOSED if entry.kind == "folder" else UNOPENED,
            )


def _always(path: bytes, modified: int) -> bool:
    return True


def _name(source: Source, place: Place, entry: Entry) -> str:
    return f"{source.department}/{legible(place.below(entry))}"
