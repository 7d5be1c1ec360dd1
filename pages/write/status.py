"""Writes the status page into the site, unless it was written from the same facts already, or to wherever somebody
wants it. Ends at files."""

from __future__ import annotations

import os
from pathlib import Path

from pages import site_map
from pages.gather import status
from pages.gather.status import StatusFacts
from pages.render.status import status_page
from pages.write import files, seals
from pages.write.seals import Book
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference
from warehouse.vocabulary.errors import OperatorError

_NAME = "status"


def write(root: Root, told: StatusFacts, book: Book) -> int:
    """How many files changed. `book`: the site's."""
    facts = {"facts": seals.digest(reference.version(), told.is_demo, repr(told.grid))}
    if book.facts(_NAME) == facts:
        return 0
    written = files.write_all(root.reports, {site_map.STATUS: status_page(told)})
    book.set(_NAME, facts, written.digests)
    return written.changed


def write_to(root: Root, out: Path) -> None:
    """The page as of the last run, with links into the reports from where it lies; `OperatorError` where nothing was
    ever decided."""
    told = status.status(root)
    if told is None:
        raise OperatorError("Nothing has been decided yet: call skills run.")
    site = os.path.relpath(root.reports, out.resolve().parent)
    files.write(out.resolve(), status_page(told, f"{Path(site).as_posix()}/"))
