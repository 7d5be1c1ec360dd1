"""Writes the pages of the rules, unless they were written from the same rules already. Ends at `reports/rules/`."""

from __future__ import annotations

from pathlib import Path

from expectations import compiled
from expectations.versions import rules_version
from pages import site_map
from pages.gather.rules import rules
from pages.render.rules import rule_files
from pages.write import files, project_files, seals
from pages.write.seals import Book
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference


def write(root: Root) -> int:
    """How many files changed; pages of rules that are gone are taken away."""
    folder = (root.reports / site_map.RULES).parent
    book = Book(root, folder)
    facts = {"facts": seals.digest(rules_version(), reference.version(), compiled.digest())}
    if book.facts("rules") == facts:
        return 0
    pages = project_files.kept("rules", facts["facts"], lambda: rule_files(rules()))
    _make_room(folder)
    written = files.write_all(root.reports, pages)
    for path in folder.glob("*.html"):
        if path not in written.digests:
            path.unlink()
    book.set("rules", facts, written.digests)
    book.save()
    return written.changed


def _make_room(folder: Path) -> None:
    """Earlier versions kept their seal as a file where the folder of seals stands now."""
    if (folder / seals.FOLDER).is_file():
        (folder / seals.FOLDER).unlink()
