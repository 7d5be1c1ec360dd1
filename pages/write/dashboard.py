"""Lays the dashboard beside a publication: its files, and the chart library of the set-up.

Ends at files. They are the same for the same publication, fetch nothing, and open from a folder as from a server.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
from pathlib import Path

from pages.gather.dashboard import dashboard
from pages.render.dashboard import dashboard_files
from pages.version import version as pages_version
from pages.write import files
from warehouse.published.publication import Publication
from warehouse.vocabulary.project import PROJECT

FOLDER = "dashboard"
"""Within a publication."""
LIBRARY: Path = PROJECT / "node_modules" / "echarts" / "dist" / "echarts.min.js"
"""Taken from npm by `make setup`; without it the pages show their tables and say so."""


@functools.cache
def version() -> str:
    """Eight hex digits that change when what makes the pages changes, the chart library included."""
    digest = hashlib.sha256(pages_version().encode())
    digest.update((PROJECT / "package-lock.json").read_bytes())
    digest.update(str(LIBRARY.is_file()).encode())
    return digest.hexdigest()[:8]


def write(publication: Publication) -> None:
    """Writes `dashboard/` into the publication's folder, where it must not stand yet."""
    folder = publication.folder / FOLDER
    folder.mkdir()
    files.write_all(folder, dashboard_files(dashboard(publication)))
    if LIBRARY.is_file():
        shutil.copyfile(LIBRARY, folder / LIBRARY.name)
