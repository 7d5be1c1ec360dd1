"""Who may read what: whatever may hold identifiers is its owner's alone, from the first byte.

What others on the machine read is opened to them one by one; a new file is as readable as its folder. Which folders of
a data root are which, says `data_root`. Ends at modes.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from warehouse.vocabulary.errors import OperatorError

READABLE = 0o755
"""A folder that others read."""
_OTHERS = 0o077


def keep_private() -> None:
    """What this process and those that it starts create is its owner's alone, unless said otherwise."""
    os.umask(_OTHERS)


def close(tops: Iterable[Path]) -> None:
    """Takes the rights of others away wherever they have any; `OperatorError` where that is not ours to do."""
    for top in tops:
        for path in _tree(top):
            with contextlib.suppress(FileNotFoundError):  # whoever decides or builds meanwhile has taken it away
                _close(path)


def _close(path: str) -> None:
    mode = os.lstat(path).st_mode
    if mode & _OTHERS and not stat.S_ISLNK(mode):
        try:
            Path(path).chmod(stat.S_IMODE(mode) & ~_OTHERS)
        except PermissionError:
            raise OperatorError(
                f"{path} can be read by others on this machine and belongs to another account: "
                "let its owner take their rights away (chmod go-rwx), or make it yours."
            ) from None


def _tree(top: Path) -> Iterator[str]:
    """The path itself before what lies in it, so that others are shut out at once; links are not followed. As text: a
    root holds 10,000 files, and to put a `Path` together takes as long as to ask the disk."""
    if top.is_symlink() or not top.exists():
        return
    yield str(top)
    if top.is_dir():
        for folder, folders, files in os.walk(top):
            yield from (f"{folder}/{name}" for name in (*folders, *files))


def make_folder(folder: Path) -> None:
    """A folder as open as the one that it lies in."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(stat.S_IMODE(folder.parent.stat().st_mode) & READABLE)


def of_file(folder: Path) -> int:
    """The mode of a file that is as open as its folder."""
    return stat.S_IMODE(folder.stat().st_mode) & 0o644
