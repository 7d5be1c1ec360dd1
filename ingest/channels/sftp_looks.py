"""What the last look at an SFTP server showed of each folder, as the bookmark of its source.

So that a folder in which nothing is another is known to be quiet, and one that has no folders below and kept its
modified time is listed once a day only: a file that was written over in its place leaves that time as it was. Folders
are named by a digest, since senders write identifiers into names. Ends at what was listed when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.channels import Bookmark
from ingest.channels.sftp_tree import Folder

DAY = 24 * 3600


@dataclass(frozen=True)
class _Listed:
    """`at`: seconds since 1970 by our clock."""

    at: int
    modified: int
    is_leaf: bool
    state: str

    def __str__(self) -> str:
        return f"{self.at} {self.modified} {self.is_leaf:d} {self.state}"


class Looks:
    """`now`: seconds since 1970 by our clock. A damaged bookmark tells of nothing."""

    def __init__(self, bookmark: Bookmark, now: int) -> None:
        self._now = now
        self._listed: dict[str, _Listed] = {}
        for name, text in bookmark.items():
            match text.split():
                case [at, modified, is_leaf, state] if all(map(_is_whole, (at, modified, is_leaf))):
                    self._listed[name] = _Listed(int(at), int(modified), is_leaf == "1", state)

    def needs_look(self, path: bytes, modified: int) -> bool:
        """Whether a folder may hold anything that the last look did not show. One that changed within a day may have
        changed again in the second that its time tells."""
        listed = self._listed.get(_name(path))
        if listed is None or not listed.is_leaf or listed.modified != modified:
            return True
        return abs(self._now - listed.at) >= DAY or modified > self._now - DAY

    def is_quiet(self, folder: Folder, seconds: int) -> bool:
        """Whether all of a folder is as a look showed it so many seconds ago or longer."""
        listed = self._listed.get(_name(folder.path))
        return listed is not None and listed.state == folder.state and abs(self._now - listed.at) >= seconds

    def then(self, folders: Iterable[Folder]) -> Mapping[str, str]:
        """The bookmark after another look; of a folder that it left out the one before stands."""
        bookmark = {}
        for folder in folders:
            name = _name(folder.path)
            if folder.is_left_out:
                bookmark[name] = str(self._listed[name])
            elif not folder.is_closed:
                is_leaf = not any(folder.of_kind("folder"))
                bookmark[name] = str(_Listed(self._now, folder.modified, is_leaf, folder.state))
        return bookmark


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _name(path: bytes) -> str:
    return hashlib.sha256(path).hexdigest()[:16]
