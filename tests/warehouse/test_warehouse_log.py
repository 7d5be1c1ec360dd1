"""The one format of logs: chained lines, a mended end, one sentence for damage."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.store import durable, log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

ACTOR = log.Actor("person", "李审批", "command line")


def entry(number: int) -> log.Entry:
    return log.Entry(
        f"2026-02-{number % 28 + 1:02}T00:00:00+00:00", ACTOR, "exception", f"EX{number}", {"rows": number}
    )


def entries(count: int) -> list[log.Entry]:
    return [entry(number) for number in range(count)]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


@pytest.fixture
def path(root: Root) -> Path:
    return root.received / "exceptions.jsonl"


def test_every_line_names_the_line_before(path: Path) -> None:
    log.append(path, entries(2))
    log.append(path, [entry(2)])
    lines = path.read_bytes().splitlines()
    assert [json.loads(line)["prev"] for line in lines] == [
        hashlib.sha256(before).hexdigest() for before in (b"exceptions.jsonl", *lines[:2])
    ]
    assert json.loads(lines[2]).keys() == {"prev", "at", "actor", "kind", "subject", "facts"}
    assert log.read(path) == entries(3)
    assert log.head(path) == log.Head(3, hashlib.sha256(lines[2]).hexdigest())


def test_a_log_without_a_line_is_empty(path: Path) -> None:
    log.append(path, [])
    assert not path.exists()
    assert log.read(path) == []
    assert log.head(path).lines == 0


def test_the_same_entries_make_the_same_bytes(root: Root, tmp_path: Path, path: Path) -> None:
    log.append(path, entries(3))
    other = Root(tmp_path / "other").make().received / path.name
    for added in log.read(path):
        log.append(other, [added])
    assert other.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_line_that_a_kill_cut_off_is_mended_by_the_next(path: Path, cut: int) -> None:
    log.append(path, entries(2))
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[1][:cut])
    assert log.read(path) == entries(2)
    log.append(path, [entry(2)])
    assert log.read(path) == entries(3)
    assert path.read_bytes().startswith(whole)


def test_a_kill_before_the_head_was_written_loses_no_line(path: Path) -> None:
    log.append(path, entries(2))
    head = path.with_suffix(".head").read_bytes()
    log.append(path, [entry(2)])
    path.with_suffix(".head").write_bytes(head)
    assert log.read(path) == entries(3)


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def without(number: int) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[:number] + lines[number + 1 :])

    return changed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: flip(content, content.index(b"EX1")), "line 3 does not follow"),
        (lambda content: flip(content, content.rindex(b"EX4")), "line 5 is damaged"),
        (lambda content: flip(content, len(content) - 1), "has 4 lines where it had 5"),
        (lambda content: flip(content, content.index(b"\n")), "line 1 is damaged"),
        (without(0), "line 1 does not follow"),
        (without(2), "line 3 does not follow"),
        (without(4), "has 4 lines where it had 5"),
        (lambda content: b"", "has 0 lines where it had 5"),
        (lambda content: b"".join(reversed(content.splitlines(keepends=True))), "line 1 does not follow"),
    ],
)
def test_what_was_changed_is_one_sentence(path: Path, change: Callable[[bytes], bytes], said: str) -> None:
    log.append(path, entries(5))
    path.write_bytes(change(path.read_bytes()))
    for _ in range(2):
        with pytest.raises(OperatorError, match=said) as raised:
            log.read(path)
    assert str(path) in str(raised.value)
    assert "backup" in str(raised.value)
    with pytest.raises(OperatorError):
        log.append(path, [entry(5)])


def test_any_flipped_bit_is_noticed(path: Path) -> None:
    log.append(path, entries(4))
    content = path.read_bytes()
    dice = random.Random(5)
    for at in sorted(dice.sample(range(len(content)), 60)):
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :])
        with pytest.raises(OperatorError):
            log.read(path)
    path.write_bytes(content)
    assert log.read(path) == entries(4)


def test_a_log_that_is_gone_is_noticed(root: Root, path: Path) -> None:
    log.append(path, entries(1))
    path.unlink()
    assert log.paths(root) == [path]
    with pytest.raises(OperatorError, match="has 0 lines where it had 1"):
        log.read(path)


def test_a_log_does_not_pass_for_another(root: Root, path: Path) -> None:
    log.append(path, entries(1))
    other = root.received / "deliveries.jsonl"
    other.write_bytes(path.read_bytes())
    with pytest.raises(OperatorError, match="line 1 does not follow"):
        log.read(other)


def test_a_damaged_head_accuses_no_log(path: Path) -> None:
    log.append(path, entries(2))
    file = path.with_suffix(".head")
    file.write_bytes(flip(file.read_bytes(), 0))
    assert log.told_head(path) is None
    path.touch()
    assert log.read(path) == entries(2)
    log.append(path, [entry(2)])
    assert log.told_head(path) == log.head(path)


def test_a_disk_that_is_full_leaves_no_half_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append(path, entries(1))
    before = path.read_bytes()
    write = durable.os.write

    def full(descriptor: int, content: memoryview) -> int:
        if len(content) <= 40:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[: len(content) - 40])

    with monkeypatch.context() as patched:
        patched.setattr(durable.os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            log.append(path, [entry(1), entry(2)])
    assert path.read_bytes() == before
    log.append(path, [entry(1)])
    assert log.read(path) == entries(2)


def test_a_head_names_the_lines_on_which_something_rests(root: Root, path: Path) -> None:
    log.append(path, entries(3))
    stood = log.heads(root)
    assert stood == {path.name: dataclasses.asdict(log.head(path))}
    log.append(path, [entry(3)])
    assert log.begins_with(path, stood[path.name])
    assert not log.begins_with(path, stood[path.name] | {"lines": 2})
    assert not log.begins_with(path, stood[path.name] | {"lines": 9})


def test_a_log_is_read_again_only_when_its_file_has_changed(path: Path) -> None:
    log.append(path, entries(3))
    path.touch()
    stood = log.read(path)
    assert log.read(path) is stood
    path.touch()
    assert log.read(path) is not stood
    assert log.read(path) == stood
