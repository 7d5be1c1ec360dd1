"""Backups: whole, shared with the one before, compared when written, restored elsewhere; nothing half is ever taken for
one."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pool import Pool
from orchestration.pipeline import backing_up, storage
from tests.orchestration import stored
from tests.warehouse import published
from warehouse.store import backup, house, lock, log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import Busy, OperatorError

NOW = dt.datetime(2026, 12, 1, 3, tzinfo=dt.UTC)


@pytest.fixture
def root(laid: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """With received and decided files, a publication, and an inbox that has an empty folder."""
    root = Root(tmp_path / "data")
    shutil.copytree(laid.path, root.path)
    root.make()
    (root.inbox / "EDU").mkdir()
    published.publish(root, [published.row("T09", published.A, 1)], {("T09", "on_track"): 1})
    monkeypatch.setenv("SKILLS_KEY", stored.KEY.secret.hex())
    return root


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def back_up(root: Root, place: Path, hours: int = 0, *, with_key: bool = False) -> backup.Written:
    return backing_up.back_up(root, place, NOW + dt.timedelta(hours=hours), with_key=with_key)


def restored(place: Path, folder: Path) -> Root:
    root = Root(folder / "restored")
    backing_up.restore(place, root, lambda _: None)
    return root


def kept(root: Root) -> dict[str, tuple[bytes, int, int]]:
    """What a backup must hold: content, mode and time by place."""
    tops = [root.received, root.held, root.decided, root.published, root.inbox, root.snapshots, root.snapshot_parts]
    paths = [path for top in tops for path in top.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        path.relative_to(root.path).as_posix(): (
            path.read_bytes(),
            stat.S_IMODE(path.stat().st_mode),
            path.stat().st_mtime_ns,
        )
        for path in [*paths, root.path / "house.json"]
        if "current/" not in path.relative_to(root.path).as_posix()
    }


def test_a_backup_restored_elsewhere_is_the_same_root(root: Root, place: Path, tmp_path: Path) -> None:
    back_up(root, place)
    other = restored(place, tmp_path)
    assert kept(other) == kept(root)
    assert storage.verify(other) == []
    assert other.current.readlink() == root.current.readlink()
    assert (other.inbox / "EDU").is_dir()
    assert not other.key_file.exists()
    assert stat.S_IMODE(other.received.stat().st_mode) == 0o700
    assert other.path.stat().st_mode == root.path.stat().st_mode


def test_what_goes_on_after_a_restore_goes_on(root: Root, place: Path, tmp_path: Path, readers: Pool) -> None:
    back_up(root, place)
    other = restored(place, tmp_path)
    before = stored.tree(other.decided, other.held)
    stored.take(other, readers)
    assert stored.tree(other.decided, other.held) == before, "what was received is not taken twice"
    assert len(log.read(other.deliveries)) == len(log.read(root.deliveries))


def test_the_next_backup_shares_what_did_not_change(root: Root, place: Path) -> None:
    first = back_up(root, place)
    assert first.copied == len(first.backup.files)
    second = back_up(root, place, hours=1)
    assert (second.copied, second.copied_bytes) == (0, 0)
    assert second.backup.files == first.backup.files
    (root.inbox / "EDU" / "new.csv").write_bytes(b"new")
    third = back_up(root, place, hours=2)
    assert third.copied == 1
    shutil.rmtree(first.backup.folder)
    assert backup.damaged(third.backup) == [], "older backups may be deleted"
    assert storage.verify(third.backup.root) == []


def test_the_key_is_in_it_only_where_asked_for(root: Root, place: Path, tmp_path: Path) -> None:
    assert not back_up(root, place).backup.key_file.exists()
    written = back_up(root, place, hours=1, with_key=True)
    assert stat.S_IMODE(written.backup.key_file.stat().st_mode) == 0o600
    other = restored(written.backup.folder, tmp_path)
    assert other.key_file.read_text("ascii").strip() == stored.KEY.secret.hex()
    assert stat.S_IMODE(other.key_file.stat().st_mode) == 0o600


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [flip, Path.unlink])
@pytest.mark.parametrize("pattern", ["received/*/content", "decided/*/CAB*/accepted.parquet", "held/*/CAB*.parquet"])
def test_what_is_damaged_is_not_backed_up(root: Root, place: Path, pattern: str, harm: Callable[[Path], None]) -> None:
    harm(next(root.path.glob(pattern)))
    with pytest.raises(OperatorError, match=r"No backup was written, .* is damaged"):
        back_up(root, place)
    assert backup.newest(place) is None


@pytest.mark.parametrize("harm", [flip, Path.unlink])
@pytest.mark.parametrize("pattern", ["data/received/*/content", "data/inbox/*/*.csv", "data/house.json", "backup.json"])
def test_a_damaged_backup_is_not_restored(
    root: Root, place: Path, tmp_path: Path, pattern: str, harm: Callable[[Path], None]
) -> None:
    written = back_up(root, place)
    harm(next(written.backup.folder.glob(pattern)))
    with pytest.raises(OperatorError, match=r"restore another backup|holds no backup"):
        restored(written.backup.folder, tmp_path)
    assert [path.name for path in tmp_path.glob("restored*")] == []


def test_damage_that_was_shared_is_noticed_by_the_next_backup(root: Root, place: Path) -> None:
    flip(next(back_up(root, place).backup.root.path.glob("inbox/*/*.csv")))
    with pytest.raises(OperatorError, match="is not what was copied"):
        back_up(root, place, hours=1)


def test_a_kill_leaves_no_half_backup_and_no_half_root(
    root: Root, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = backup._copy

    def killed(source: Path, target: Path) -> backup.File:
        if source.name == "content":
            raise KeyboardInterrupt
        return copy(source, target)

    monkeypatch.setattr(backup, "_copy", killed)
    with pytest.raises(KeyboardInterrupt):
        back_up(root, place)
    assert backup.newest(place) is None
    monkeypatch.setattr(backup, "_copy", copy)
    back_up(root, place)
    monkeypatch.setattr(backup, "_copy", killed)
    with pytest.raises(KeyboardInterrupt):
        restored(place, tmp_path)
    assert not (tmp_path / "restored").exists()
    monkeypatch.setattr(backup, "_copy", copy)
    assert kept(restored(place, tmp_path)) == kept(root)


def test_locks_are_free_while_files_are_copied(root: Root, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str | None] = []
    copy = backup._copy

    def watched(source: Path, target: Path) -> backup.File:
        held.append(lock.holder(root))
        return copy(source, target)

    monkeypatch.setattr(backup, "_copy", watched)
    back_up(root, place)
    assert held and set(held) == {None}


def test_what_goes_while_files_are_copied_is_in_the_backup(
    root: Root, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publication that is pruned meanwhile, a log that grows, a decision that is dropped."""
    before = kept(root)
    copy = backup._copy
    changed = threading.Event()

    def meanwhile(source: Path, target: Path) -> backup.File:
        if not changed.is_set():
            changed.set()
            shutil.rmtree(root.published)
            shutil.rmtree(root.decided)
            log.append(root.publications, [log.Entry(NOW.isoformat(), log.PROGRAM, "pruned", "x", {})])
        return copy(source, target)

    monkeypatch.setattr(backup, "_copy", meanwhile)
    back_up(root, place)
    assert kept(restored(place, tmp_path)) == before


def test_two_backups_at_once_are_refused_and_so_is_a_busy_place(root: Root, place: Path, tmp_path: Path) -> None:
    with backing_up._alone(root), pytest.raises(Busy, match="Another backup"):
        back_up(root, place)
    with pytest.raises(OperatorError, match="lies in the data root"):
        back_up(root, root.path / "backups")
    back_up(root, place)
    with pytest.raises(OperatorError, match="is not empty: restore into a folder that is new"):
        backing_up.restore(place, root, lambda _: None)
    with pytest.raises(OperatorError, match="holds no backup"):
        backing_up.restore(tmp_path / "data", Root(tmp_path / "restored"), lambda _: None)


def test_a_root_of_a_later_program_is_not_restored(
    root: Root, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(root, place)
    monkeypatch.setattr(house, "LAYOUT", house.LAYOUT - 1)
    with pytest.raises(OperatorError, match="use a newer version"):
        restored(place, tmp_path)


def test_what_cannot_be_read_in_the_inbox_stops_no_backup(root: Root, place: Path) -> None:
    os.mkfifo(root.inbox / "EDU" / "pipe")
    (root.inbox / "EDU" / "link").symlink_to("/nowhere")
    written = back_up(root, place)
    assert "inbox/EDU/pipe" not in written.backup.files
    assert written.backup.links["inbox/EDU/link"] == "/nowhere"
