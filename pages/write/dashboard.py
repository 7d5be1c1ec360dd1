"""Lays the dashboard beside a publication: its files, and the chart library of the set-up.

Ends at files. They are the same for the same publication, fetch nothing, and open from a folder as from a server.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from pages.gather.dashboard import dashboard
from pages.render.dashboard import dashboard_files
from pages.version import version as pages_version
from pages.write import files
from pages.write.files import Written
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


def write(publication: Publication) -> Written:
    """Writes `dashboard/` into the publication's folder."""
    library = {LIBRARY.name: LIBRARY.read_bytes()} if LIBRARY.is_file() else {}
    return files.write_all(publication.folder / FOLDER, dashboard_files(dashboard(publication)) | library)
