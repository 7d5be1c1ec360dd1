from __future__ import annotations

from pathlib import Path

from pages.write.files import write


def test_a_page_is_written_only_when_it_says_something_new(tmp_path: Path) -> None:
    path = tmp_path / "CAB" / "index.html"
    assert write(path, "一")
    assert not write(path, "一")
    assert write(path, "二")
    assert path.read_text("utf-8") == "二"
    assert [found.name for found in path.parent.iterdir()] == ["index.html"]
