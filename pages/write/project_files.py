"""Files of the site that say nothing of data: made once for a version of the project and kept in its `build/`, so that
the next data root takes them.

The pages of the rules cost 2.5 s, the templates of all units 2 s. Where nothing can be kept, as in a
project that belongs to somebody else, they are made for each root. Ends at bytes by place in the site.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from warehouse.vocabulary.project import PROJECT

FOLDER = PROJECT / "build" / "site"
_ROOMS = ("pages", "expectations", "ingest", "warehouse/contracts", "warehouse/reference", "warehouse/vocabulary")


@functools.cache
def _program() -> str:
    """Another one whenever a file changes from which such files could be made."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted(path for path in (PROJECT / room).rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(path.relative_to(PROJECT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(name: str, facts: str, make: Callable[[], Mapping[str, str | bytes]]) -> dict[str, bytes]:
    """Place → content. `name`: of what is kept, the newest of which takes the place of the one before; `facts`: on what
    they rest beside the program."""
    digest = hashlib.sha256(f"{_program()} {facts}".encode()).hexdigest()[:16]
    path = FOLDER / f"{name}-{digest}.zip"
    with contextlib.suppress(OSError, zipfile.BadZipFile):
        return _read(path)
    contents = {place: text.encode() if isinstance(text, str) else text for place, text in make().items()}
    with contextlib.suppress(OSError):
        _keep(path, contents)
        for older in FOLDER.glob(f"{name}-*.zip"):
            if older != path:
                older.unlink(missing_ok=True)
    return contents


def _read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {place: archive.read(place) for place in archive.namelist()}


def _keep(path: Path, contents: Mapping[str, bytes]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=FOLDER)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
        for place, content in contents.items():
            archive.writestr(place, content)
    Path(partial).replace(path)
