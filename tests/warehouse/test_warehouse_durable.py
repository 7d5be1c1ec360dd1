"""Writes that fail or are cut short: what stood before stands, and nothing is named that is not whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.store import durable


def full_after(room: int) -> Callable[[int, bytes], int]:
    """`os.write` on a disk with so many bytes left."""
    left = room
    write = os.write

    def written(descriptor: int, content: bytes) -> int:
        nonlocal left
        if not left:
            raise OSError(28, "No space left on device")
        count = write(descriptor, bytes(content[:left]))
        left -= count
        return count

    return written


@pytest.mark.parametrize("room", [0, 1, 5])
def test_a_file_is_replaced_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    file = tmp_path / "file"
    durable.replace(file, b"before")
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full_after(room))
        with pytest.raises(OSError, match="No space left"):
            durable.replace(file, b"afterwards")
    assert file.read_bytes() == b"before"
    durable.replace(file, b"afterwards")
    assert file.read_bytes() == b"afterwards"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("room", [0, 1, 5])
def test_what_cannot_be_added_whole_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    file = tmp_path / "log"
    durable.append(file, 0, b"first\n")
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full_after(room))
        with pytest.raises(OSError, match="No space left"):
            durable.append(file, 6, b"second\n")
    assert file.read_bytes() == b"first\n"


def test_what_cannot_be_synced_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    file = tmp_path / "log"
    durable.append(file, 0, b"first\n")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="Input/output"):
            durable.append(file, 6, b"second\n")
        with pytest.raises(OSError, match="Input/output"):
            durable.sync([file, tmp_path])
    assert file.read_bytes() == b"first\n"


def test_a_write_that_is_taken_in_parts_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, bytes(content[:3])))
    durable.write(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"
