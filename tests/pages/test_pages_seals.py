"""The same facts do not write a file again; others, and another version of the pages, do."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.write import seals
from pages.write.seals import Seal


def test_a_seal_holds_for_the_facts_from_which_it_was_set(tmp_path: Path) -> None:
    path = tmp_path / ".facts" / "x"
    seal = Seal(path, seals.digest({"rows": 1}))
    assert not seal.holds
    seal.set()
    assert Seal(path, seals.digest({"rows": 1})).holds
    assert not Seal(path, seals.digest({"rows": 2})).holds


def test_another_version_of_the_pages_breaks_every_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = seals.digest("facts")
    monkeypatch.setattr(seals, "version", lambda: "other")
    assert seals.digest("facts") != before
