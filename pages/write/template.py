"""Writes the workbooks that a department fills in, one for each of its datasets, unless they were written from the same
contracts, code lists and feeds already. Ends at `reports/<DEPARTMENT>/`."""

from __future__ import annotations

from expectations.versions import rules_version
from ingest import feed as feeds
from pages import site_map
from pages.render.workbook_template import template
from pages.write import files, project_files, seals
from pages.write.seals import Book
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference

_NAME = "templates"


def write(root: Root, code: str, book: Book) -> int:
    """How many files changed. `book`: the department's."""
    facts = {"facts": seals.digest(rules_version(), reference.version(), feeds.version())}
    if book.facts(_NAME) == facts:
        return 0
    workbooks = project_files.kept(f"templates-{code}", facts["facts"], lambda: _workbooks(code))
    written = files.write_all(root.reports, workbooks)
    book.set(_NAME, facts, written.digests)
    return written.changed


def _workbooks(code: str) -> dict[str, bytes]:
    owed = [feed for feed in feeds.feeds() if feed.department == code]
    return {site_map.template(code, feed.dataset): template(contract.dataset(feed.dataset), feed) for feed in owed}
