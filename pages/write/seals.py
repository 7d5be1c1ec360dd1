"""From which facts files were written and what they held, so that the same facts do not write them again unless one of
them was deleted or changed since.

A seal stands beside the files in a folder `.facts`; which facts it covers is for its caller to say.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pages.version import version
from pages.write import files
from warehouse.store.data_root import Root

FOLDER = ".facts"


@dataclass(frozen=True)
class Seal:
    """`digest`: of all facts on which the files depend."""

    root: Root
    path: Path
    digest: str

    @property
    def holds(self) -> bool:
        """Whether the files were written from just these facts and still say what they said then."""
        sealed = _read(self.path)
        return sealed is not None and sealed["facts"] == self.digest and not list(_harmed(self.root, self.path, sealed))

    def set(self, digests: Mapping[Path, str]) -> None:
        """Written after the files, so that what changes later is younger than it. `digests`: as in `files.Written`."""
        places = {path.relative_to(self.root.path).as_posix(): digest for path, digest in digests.items()}
        text = json.dumps({"facts": self.digest, "files": places}, ensure_ascii=False, indent=1, sort_keys=True)
        files.replace(self.path, text.encode("utf-8"))


def digest(*facts: Any) -> str:
    """SHA-256 over facts that have a form in JSON or as text, and over the version of the pages."""
    text = json.dumps([version(), *facts], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def harmed(root: Root) -> list[Path]:
    """Every file that a seal of the root tells of and that is gone or says something else."""
    paths = sorted(path for path in root.reports.rglob(f"{FOLDER}/*") if not path.name.startswith("."))
    return [place for path in paths for place in _harmed(root, path, _read(path) or {"files": {}})]


def _read(path: Path) -> dict[str, Any] | None:
    """Null where there is no seal, or one of another form: what it covers is written again."""
    try:
        sealed = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return sealed if isinstance(sealed, dict) and {"facts", "files"} <= sealed.keys() else None


def _harmed(root: Root, path: Path, sealed: Mapping[str, Any]) -> Iterator[Path]:
    """A file older than its seal is what it was, since nobody can set back a change time (some 3 stats a submission
    instead of 3 files read); one that is younger is read, and trusted from then on when nothing is wrong with it."""
    if not sealed["files"]:
        return
    sealed_at = path.stat().st_ctime_ns
    is_younger = is_harmed = False
    for place, told in sealed["files"].items():
        file = root.path / place
        try:
            if file.stat().st_ctime_ns <= sealed_at:
                continue
            is_younger = True
            is_whole = hashlib.sha256(file.read_bytes()).hexdigest() == told
        except OSError:
            is_whole = False
        if not is_whole:
            is_harmed = True
            yield file
    if is_younger and not is_harmed:
        os.utime(path)
