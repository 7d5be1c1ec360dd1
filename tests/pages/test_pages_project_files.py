"""What says nothing of data is made once for a version of the project, and again for another or where it is harmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.write import project_files
from pages.write.project_files import kept


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(project_files, "FOLDER", tmp_path / "site")
    return tmp_path / "site"


class Maker:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, str | bytes]:
        self.times += 1
        return {"rules/甲.html": "一", "CAB/t.xlsx": b"\x00"}


TOLD = {"rules/甲.html": "一".encode(), "CAB/t.xlsx": b"\x00"}


def test_the_same_facts_make_it_once() -> None:
    make = Maker()
    assert [kept("x", "a", make), kept("x", "a", make)] == [TOLD, TOLD]
    assert make.times == 1


def test_other_facts_or_another_program_make_it_anew_and_take_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Maker()
    for facts in ("a", "b"):
        kept("x", facts, make)
    kept("y", "b", make)
    monkeypatch.setattr(project_files, "_program", lambda: "other")
    kept("x", "b", make)
    assert make.times == 4
    assert sorted(path.name[0] for path in folder.iterdir()) == ["x", "y"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06"])
def test_what_is_harmed_is_made_anew(folder: Path, content: bytes) -> None:
    make = Maker()
    kept("x", "a", make)
    (path,) = folder.iterdir()
    path.write_bytes(content)
    assert kept("x", "a", make) == TOLD
    assert make.times == 2


def test_where_nothing_can_be_kept_it_is_made_each_time(folder: Path) -> None:
    folder.write_text("a file stands in its place")
    make = Maker()
    assert [kept("x", "a", make), kept("x", "a", make)] == [TOLD, TOLD]
    assert make.times == 2
