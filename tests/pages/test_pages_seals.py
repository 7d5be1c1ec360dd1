"""The same facts do not write a file again; others, another version of the pages, and harm to the file do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pages.write import files, seals
from pages.write.seals import Book
from warehouse.store.data_root import Root

FACTS = {"facts": "x"}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def told(root: Root) -> seals.Facts | None:
    """From what the files are told to be, by a book that is read anew."""
    return Book(root, root.reports / "CAB").facts("x")


def written(root: Root) -> Path:
    """A page, a workbook beside it, and their seal; the page."""
    pages = files.write_all(root.path, {"reports/CAB/x.html": "一", "corrections/CAB/x.xlsx": b"\x00"})
    book = Book(root, root.reports / "CAB")
    book.set("x", FACTS, pages.digests)
    book.save()
    time.sleep(0.02)  # a file system tells times apart by some milliseconds
    return root.reports / "CAB" / "x.html"


def test_a_seal_tells_from_which_facts_it_was_set(root: Root) -> None:
    assert told(root) is None
    written(root)
    assert told(root) == FACTS
    assert not seals.harmed(root)


def test_what_is_not_saved_is_not_told(root: Root) -> None:
    Book(root, root.reports / "CAB").set("x", FACTS, {})
    assert told(root) is None


def test_other_facts_may_tell_of_the_same_files(root: Root) -> None:
    page = written(root)
    book = Book(root, root.reports / "CAB")
    book.renew("x", {"facts": "y"})
    book.save()
    assert told(root) == {"facts": "y"}
    page.unlink()
    assert told(root) is None


def test_another_version_of_the_pages_gives_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = seals.digest("facts")
    monkeypatch.setattr(seals, "version", lambda: "other")
    assert seals.digest("facts") != before


def edit_with_the_old_time(path: Path) -> None:
    before = path.stat()
    path.write_text("二", "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_an_old_file_in_its_place(path: Path) -> None:
    other = path.with_name("old")
    other.write_text("二", "utf-8")
    os.utime(other, (0, 0))
    other.replace(path)


@pytest.mark.parametrize(
    "harm",
    [
        Path.unlink,
        lambda path: path.write_text("二", "utf-8"),
        lambda path: path.write_bytes(b""),
        edit_with_the_old_time,
        put_an_old_file_in_its_place,
    ],
)
def test_a_file_that_was_deleted_or_changed_breaks_its_seal(root: Root, harm: Callable[[Path], object]) -> None:
    page = written(root)
    harm(page)
    assert told(root) is None
    assert seals.harmed(root) == [page]


def test_what_is_told_of_another_does_not_hide_harm(root: Root) -> None:
    page = written(root)
    page.write_text("二", "utf-8")
    book = Book(root, root.reports / "CAB")
    book.set("y", FACTS, {})
    book.save()
    assert told(root) is None
    assert seals.harmed(root) == [page]


def test_a_workbook_is_watched_like_a_page(root: Root) -> None:
    written(root)
    workbook = root.corrections / "CAB" / "x.xlsx"
    workbook.unlink()
    assert seals.harmed(root) == [workbook]


def test_a_file_that_was_touched_and_is_the_same_is_trusted_again(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(root)
    page.touch()
    book = Book(root, root.reports / "CAB")
    assert book.facts("x") == FACTS
    book.save()
    monkeypatch.setattr(Path, "read_bytes", read_books_alone(Path.read_bytes))
    assert told(root) == FACTS


def read_books_alone(read_bytes: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
    return lambda path: read_bytes(path) if path.name == seals.BOOK else pytest.fail(f"{path} was read")


@pytest.mark.parametrize("text", ["", "0" * 64, "[]", '{"facts": "x"}', '{"x": {"facts": {}}}'])
def test_a_book_of_another_form_tells_nothing(root: Root, text: str) -> None:
    written(root)
    (root.reports / "CAB" / seals.FOLDER / seals.BOOK).write_text(text, "utf-8")
    assert told(root) is None
    assert not seals.harmed(root)


def test_seals_of_earlier_versions_are_taken_away(root: Root) -> None:
    written(root)
    older = root.reports / "CAB" / seals.FOLDER / "CAB-training_record-2026-01-0123456789ab"
    older.touch()
    seals.clear_older(root)
    assert not older.exists()
    assert told(root) == FACTS
