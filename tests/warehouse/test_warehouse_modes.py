"""What may hold identifiers is its owner's alone; what others read stays open."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.write import files
from warehouse.store import durable, keys, modes
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """A process that leaves everything open, as it was before."""
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_root_is_private_where_it_must_be(root: Root) -> None:
    keys.make_key(root)
    assert {path.name: mode(path) for path in root.private} == {
        "received": 0o700,
        "held": 0o700,
        "corrections": 0o700,
        "work": 0o700,
        "dagster": 0o700,
        "data.key": 0o600,
    }
    assert {mode(path) for path in (root.path, root.inbox, root.published, root.reports)} == {0o755}


def test_what_is_written_from_now_on_is_private(root: Root) -> None:
    (root.work / "deep" / "er").mkdir(parents=True)
    (root.work / "deep" / "er" / "file").write_bytes(b"x")
    assert {mode(path) for path in (root.work / "deep").rglob("*")} == {0o700, 0o600}


def test_a_file_is_as_readable_as_its_folder(root: Root) -> None:
    for top in (root.reports, root.corrections):
        files.write(top / "CAB" / "deep" / "page.html", "x")
    assert [mode(path) for path in sorted(root.reports.rglob("*"))] == [0o755, 0o755, 0o644]
    assert [mode(path) for path in sorted(root.corrections.rglob("*"))] == [0o700, 0o700, 0o600]


def test_wider_modes_are_mended_at_start(root: Root) -> None:
    keys.make_key(root)
    durable.write(root.received / "content", b"x")
    (root.work / "link").symlink_to(root.reports)
    for path in (root.received, root.received / "content", root.held, root.key_file):
        path.chmod(0o777)
    root.make()
    assert [mode(path) for path in (root.received, root.received / "content", root.held)] == [0o700] * 3
    assert mode(root.key_file) == 0o700
    assert mode(root.reports) == 0o755


def test_another_accounts_open_file_is_refused(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    file = root.held / "rows.parquet"
    file.write_bytes(b"x")
    file.chmod(0o644)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(OperatorError, match=r"rows.parquet can be read by others .* belongs to another account"):
        root.make()


def test_others_are_shut_out_before_what_lies_inside_is_mended(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    (root.received / "deep").mkdir()
    for path in (root.received, root.received / "deep"):
        path.chmod(0o755)
    order = []
    chmod = Path.chmod
    monkeypatch.setattr(Path, "chmod", lambda path, mode: (order.append(path), chmod(path, mode)))
    modes.close([root.received])
    assert order == [root.received, root.received / "deep"]


def test_what_vanishes_meanwhile_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build clears its scratch while another command looks at the root."""
    gone, left = tmp_path / "a", tmp_path / "b"
    left.write_text("x")
    left.chmod(0o644)
    monkeypatch.setattr(modes, "_tree", lambda top: iter([gone, left]))
    modes.close([tmp_path])
    assert left.stat().st_mode & 0o777 == 0o600
