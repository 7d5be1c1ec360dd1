"""Writes the bureau's page and its facts, unless they were written from the same facts already. Ends at the root of
`reports/`."""

from __future__ import annotations

from collections.abc import Mapping

from pages.gather.bureau import bureau
from pages.gather.sources import Sources
from pages.gather.unreachable import unreachable
from pages.render.bureau import bureau_files
from pages.write import files, seals
from pages.write.seals import Book
from warehouse.published.publication import Publication
from warehouse.vocabulary import reference

_NAME = "bureau"


def write(sources: Sources, current: Publication, digests: Mapping[str, str], book: Book) -> int:
    """How many files changed. `digests`: of `gather.department.digests`; `book`: the site's."""
    away = unreachable(sources)
    told = (current.publication_id, sources.as_of, sources.is_demo, sorted(digests.items()), repr(away))
    facts = {"facts": seals.digest(reference.version(), told)}
    if book.facts(_NAME) == facts:
        return 0
    written = files.write_all(sources.root.reports, bureau_files(bureau(sources, current)))
    book.set(_NAME, facts, written.digests)
    return written.changed
