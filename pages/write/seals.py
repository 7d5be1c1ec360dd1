"""From which facts files were written and what they held, so that the same facts do not write them again unless one of
them was deleted or changed since.

A book of seals stands in a folder `.facts` below the folder it is about; which facts a seal covers is for its caller to
say.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pages.version import version
from pages.write import files
from warehouse.store.data_root import Root

FOLDER = ".facts"
BOOK = "seals.json"
Facts = Mapping[str, str]
"""Digests of the facts on which files depend, by what they are about."""


class Book:
    """The seals below one folder of the site, by name; read once, written by `save`.

    One file for all of them: 2,000 small ones are half a second to read.
    """

    def __init__(self, root: Root, folder: Path) -> None:
        self._root = root
        self._path = folder / FOLDER / BOOK
        self._seals = _read(self._path)
        self._is_other = False

    def facts(self, name: str) -> Facts | None:
        """From which facts the files were written; null where that is not known or they say something else now."""
        seal = self._seals.get(name)
        if seal is None or list(self._harmed(seal)):
            return None
        facts: Facts = seal["facts"]
        return facts

    def digests(self, name: str) -> dict[Path, str]:
        """What the files of a seal held when it was set."""
        seal = self._seals.get(name, {"files": {}})
        return {self._root.path / place: told[0] for place, told in seal["files"].items()}

    def set(self, name: str, facts: Facts, digests: Mapping[Path, str]) -> None:
        """`digests`: of the files that were written from them, as in `files.Written`."""
        places = {os.path.relpath(path, self._root.path): [digest, *_seen(path)] for path, digest in digests.items()}
        self._seals[name] = {"facts": dict(facts), "files": places}
        self._is_other = True

    def renew(self, name: str, facts: Facts) -> None:
        """The same files would have been written from these facts too."""
        self._seals[name]["facts"] = dict(facts)
        self._is_other = True

    def save(self) -> None:
        """After the files are written: what a kill leaves untold is written again."""
        if self._is_other:
            files.replace(self._path, json.dumps(self._seals, ensure_ascii=False, sort_keys=True).encode("utf-8"))
            self._is_other = False

    def harmed(self) -> list[Path]:
        """Every file that it tells of and that is gone or says something else."""
        return [path for seal in self._seals.values() for path in self._harmed(seal)]

    def _harmed(self, seal: Mapping[str, Any]) -> Iterator[Path]:
        """A file whose size and times are as they were is trusted, since nobody can set back the time of a change; any
        other is read, and trusted from then on when nothing is wrong with it."""
        for place, told in seal["files"].items():
            path = f"{self._root.path}/{place}"
            try:
                seen = _seen(path)
                if seen == told[1:]:
                    continue
                is_whole = hashlib.sha256(Path(path).read_bytes()).hexdigest() == told[0]
            except OSError:
                is_whole = False
            if is_whole:
                told[1:] = seen
                self._is_other = True
            else:
                yield Path(path)


def digest(*facts: Any) -> str:
    """SHA-256 over facts that have a form in JSON or as text, and over the version of the pages."""
    text = json.dumps([version(), *facts], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def harmed(root: Root) -> list[Path]:
    """Every file that a seal of the root tells of and that is gone or says something else."""
    folders = [root.reports, *sorted(path.parent.parent for path in root.reports.glob(f"*/{FOLDER}/{BOOK}"))]
    return [path for folder in folders for path in Book(root, folder).harmed()]


def clear_older(root: Root) -> None:
    """Earlier versions kept a file for each submission."""
    for path in root.reports.glob(f"*/{FOLDER}/*"):
        if path.name != BOOK:
            path.unlink()


def _seen(path: str | Path) -> list[int]:
    facts = os.stat(path)  # noqa: PTH116  three for each of 2,000 submissions: a path object costs more than the call
    return [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns]


def _read(path: Path) -> dict[str, Any]:
    """Empty where there is none, or one of another form: what it covers is written again."""
    try:
        seals = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(seals, dict):
        return {}
    return {name: seal for name, seal in seals.items() if isinstance(seal, dict) and {"facts", "files"} <= seal.keys()}
