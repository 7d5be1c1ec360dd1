"""The same facts do not write a file again; others, another version of the pages, and harm to the file do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pages.write import files, seals
from pages.write.seals import Seal
from warehouse.store.data_root import Root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def seal(root: Root, fact: str = "facts") -> Seal:
    return Seal(root, root.reports / "CAB" / seals.FOLDER / "x", seals.digest(fact))


def written(root: Root) -> Path:
    """A page, a workbook beside it, and their seal; the page."""
    pages = files.write_all(root.path, {"reports/CAB/x.html": "一", "corrections/CAB/x.xlsx": b"\x00"})
    seal(root).set(pages.digests)
    time.sleep(0.02)  # a file system tells times apart by some milliseconds
    return root.reports / "CAB" / "x.html"


def test_a_seal_holds_for_the_facts_from_which_it_was_set(root: Root) -> None:
    assert not seal(root).holds
    written(root)
    assert seal(root).holds
    assert not seal(root, "others").holds
    assert not seals.harmed(root)


def test_another_version_of_the_pages_breaks_every_seal(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    written(root)
    monkeypatch.setattr(seals, "version", lambda: "other")
    assert not seal(root).holds


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
    assert not seal(root).holds
    assert seals.harmed(root) == [page]


def test_a_workbook_is_watched_like_a_page(root: Root) -> None:
    written(root)
    workbook = root.corrections / "CAB" / "x.xlsx"
    workbook.unlink()
    assert seals.harmed(root) == [workbook]


def test_a_file_that_was_touched_and_is_the_same_is_trusted_again(root: Root) -> None:
    page = written(root)
    page.touch()
    assert seal(root).holds
    sealed_at = seal(root).path.stat().st_ctime_ns
    assert seal(root).holds
    assert seal(root).path.stat().st_ctime_ns == sealed_at, "read once"


@pytest.mark.parametrize("text", ["", "0" * 64, "[]", '{"facts": "x"}'])
def test_a_seal_of_another_form_is_none(root: Root, text: str) -> None:
    written(root)
    seal(root).path.write_text(text, "utf-8")
    assert not seal(root).holds
