"""Writes the bureau's page and its facts. Ends at the root of `reports/`."""

from __future__ import annotations

from pages.gather.bureau import bureau
from pages.gather.sources import Sources
from pages.render.bureau import bureau_files
from pages.write import files, seals
from pages.write.seals import Seal


def write(sources: Sources) -> int:
    """How many files changed."""
    written = files.write_all(sources.root.reports, bureau_files(bureau(sources)))
    Seal(sources.root, sources.root.reports / seals.FOLDER / "bureau", seals.digest()).set(written.digests)
    return written.changed
