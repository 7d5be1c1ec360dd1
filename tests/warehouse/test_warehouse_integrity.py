"""Stored files against what was said of them: what changed is noticed, what did not is trusted between full checks."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from warehouse.store import integrity
from warehouse.store.data_root import Root
from warehouse.store.integrity import Part


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def stored(root: Root, name: str, content: bytes = b"content") -> Part:
    path = root.received / name
    path.write_bytes(content)
    return Part(path, hashlib.sha256(content).hexdigest())


def test_what_is_as_said_is_whole(root: Root) -> None:
    assert integrity.damaged(root, [stored(root, "a"), stored(root, "b", b"")]) == []


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b"cOntent"),
        lambda path: path.write_bytes(b"content "),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_what_was_harmed_since_is_named(root: Root, harm) -> None:  # type: ignore[no-untyped-def]
    parts = [stored(root, "a"), stored(root, "b")]
    assert integrity.damaged(root, parts) == []
    harm(parts[1].path)
    for _ in range(2):
        assert integrity.damaged(root, parts) == parts[1:]


def test_what_the_disk_lost_silently_is_found_by_a_full_check(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size, times and inode are as they were."""
    part = stored(root, "a")
    assert integrity.damaged(root, [part]) == []
    monkeypatch.setattr(integrity.hashlib, "file_digest", lambda *_: hashlib.sha256(b"other"))
    assert integrity.damaged(root, [part]) == []
    assert integrity.damaged(root, [part], full=True) == [part]
    assert integrity.damaged(root, [part]) == [part]


def test_times_set_back_deceive_nobody(root: Root) -> None:
    part = stored(root, "a")
    facts = part.path.stat()
    assert integrity.damaged(root, [part]) == []
    part.path.write_bytes(b"cOntent")
    os.utime(part.path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert integrity.damaged(root, [part]) == [part]


def test_another_checksum_for_the_same_file_is_compared(root: Root) -> None:
    part = stored(root, "a")
    assert integrity.damaged(root, [part]) == []
    other = Part(part.path, "0" * 64)
    assert integrity.damaged(root, [other]) == [other]


@pytest.mark.parametrize("index", [b"", b"{", b"[]", b"\xff"])
def test_an_index_that_is_lost_costs_time_only(root: Root, index: bytes) -> None:
    part = stored(root, "a")
    integrity.damaged(root, [part])
    (root.work / "verified.json").write_bytes(index)
    assert integrity.damaged(root, [part]) == []


def test_unchanged_files_are_not_read(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [stored(root, str(number)) for number in range(20)]
    integrity.damaged(root, parts)
    monkeypatch.setattr(integrity.hashlib, "file_digest", lambda *_: pytest.fail("was read"))
    assert integrity.damaged(root, parts) == []
