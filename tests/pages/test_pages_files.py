"""A page is written where it stands, and only when it says something new."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pages.write.files import write, write_all


def test_a_page_is_written_only_when_it_says_something_new(tmp_path: Path) -> None:
    path = tmp_path / "CAB" / "index.html"
    assert write(path, "一")
    assert not write(path, "一")
    assert write(path, "二")
    assert path.read_text("utf-8") == "二"
    assert [file.name for file in path.parent.iterdir()] == ["index.html"]


def test_of_several_files_those_that_changed_are_counted(tmp_path: Path) -> None:
    files = {"CAB/index.html": "一", "CAB/x.xlsx": b"\x00"}
    assert write_all(tmp_path, files).changed == 2
    again = write_all(tmp_path, files | {"CAB/x.xlsx": b"\x01"})
    assert again.changed == 1
    assert again.digests[tmp_path / "CAB" / "x.xlsx"] == hashlib.sha256(b"\x01").hexdigest()
    assert len(again.digests) == 2
