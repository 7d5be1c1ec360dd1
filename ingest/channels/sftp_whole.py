"""Which files of an SFTP server are whole.

A server shows neither its clock nor when a file was last touched, only a modified time in whole seconds. What was
modified within a day of our clock, or of the newest time that the server shows, is whole when two lists show the same,
or when a `.done` lies beside it; of a clock that is wrong by years the newest time tells. Ends at files that are whole,
or can tell so by the checksum beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.channels.sftp_looks import DAY, Looks
from ingest.channels.sftp_tree import Entry, Folder, newest
from ingest.channels.whole_files import DONE, SHA256, is_sidecar


@dataclass(frozen=True)
class Whole:
    """A file with what lies beside it. `is_settled`: its modified time and size tell its version."""

    entry: Entry
    done: Entry | None
    sha256: Entry | None
    is_quiet: bool
    is_settled: bool

    @property
    def is_told(self) -> bool:
        """A `.done` that is older than the file was for what lay there before."""
        return self.done is not None and self.done.modified >= self.entry.modified

    @property
    def sidecars(self) -> list[Entry]:
        return [sidecar for sidecar in (self.done, self.sha256) if sidecar]


class Judge:
    """Of one look. `again`: second lists of folders, by path."""

    def __init__(self, folders: Sequence[Folder], looks: Looks, now: int, quiet_seconds: int) -> None:
        self._folders = folders
        self._looks = looks
        self._settled_before = min(now, newest(folders)) - DAY
        self._quiet_seconds = quiet_seconds

    def unsure(self) -> list[Folder]:
        """The folders that only a second list can tell."""
        return [
            folder
            for folder in self._folders
            if any(not file.is_quiet and not file.is_told for file in self._files(folder, None))
        ]

    def whole(self, again: Mapping[bytes, Folder]) -> list[Whole]:
        """`again`: second lists, by path."""
        return [
            file
            for folder in self._folders
            for file in self._files(folder, again.get(folder.path))
            if file.is_quiet or file.is_told or file.sha256
        ]

    def _files(self, folder: Folder, again: Folder | None) -> Iterator[Whole]:
        by_name = {name.lower(): entry for name, entry in folder.entries.items()}
        is_quiet = not self._quiet_seconds or self._looks.is_quiet(folder, self._quiet_seconds)
        for name, entry in folder.entries.items():
            if entry.kind == "file" and not is_sidecar(name.decode("latin-1")):
                is_settled = 0 < entry.modified < self._settled_before  # 0 of a server that tells no time
                is_same = again is not None and again.entries.get(name) == entry
                done, sha256 = (by_name.get(name.lower() + end.encode()) for end in (DONE, SHA256))
                yield Whole(entry, done, sha256, is_quiet or is_settled or is_same, is_settled)
