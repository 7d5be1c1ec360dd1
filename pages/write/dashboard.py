"""Lays the pages beside a publication: index.html, styles, scripts, data.js, and the chart library of the set-up.

Ends at files. They are the same for the same publication, fetch nothing, and open from a folder as from a server.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
from pathlib import Path

import orjson

from pages.gather.dashboard import content
from pages.render.environment import style
from pages.version import version as pages_version
from warehouse.published.publication import Publication
from warehouse.vocabulary.project import PROJECT

FOLDER = "dashboard"
"""Within a publication."""
SITE = Path(__file__).parents[1] / "render" / "dashboard"
LIBRARY = PROJECT / "node_modules" / "echarts" / "dist" / "echarts.min.js"
"""Taken from npm by `make setup`; without it the pages show their tables and say so."""


@functools.cache
def version() -> str:
    """Eight hex digits that change when what makes the pages changes, the chart library included."""
    digest = hashlib.sha256(pages_version().encode())
    digest.update((PROJECT / "package-lock.json").read_bytes())
    digest.update(str(LIBRARY.is_file()).encode())
    return digest.hexdigest()[:8]


def write(publication: Publication) -> None:
    """Writes `dashboard/` into the publication's folder."""
    folder = publication.folder / FOLDER
    folder.mkdir()
    for path in [*SITE.iterdir(), *([LIBRARY] if LIBRARY.is_file() else [])]:
        shutil.copyfile(path, folder / path.name)
    (folder / "style.css").write_text(style(), "utf-8")
    (folder / "data.js").write_bytes(b"window.BOARD=" + orjson.dumps(content(publication)) + b";\n")
