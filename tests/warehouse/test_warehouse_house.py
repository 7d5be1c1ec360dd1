"""A root knows its key and layout; another key is refused with a sentence that names both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from warehouse.store import house, keys
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key

KEY, OTHER = Key(bytes(range(32))), Key(bytes(range(1, 33)))
SM3 = Key(KEY.secret, "sm3")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_its_own_key_is_admitted(root: Root) -> None:
    house.admit(root, KEY)
    house.write(root, house.of_key(KEY))
    house.admit(root, KEY)
    assert house.read(root) == house.House(KEY.key_id, "sha256", house.LAYOUT)


@pytest.mark.parametrize("key", [OTHER, SM3])
def test_another_key_or_algorithm_is_refused_by_name(root: Root, key: Key) -> None:
    house.write(root, house.of_key(KEY))
    with pytest.raises(OperatorError, match="skills rekey") as raised:
        house.admit(root, key)
    for told in (f"{KEY.key_id} (sha256)", f"{key.key_id} ({key.algorithm})", "SKILLS_KEY", "SKILLS_TOKEN_ALGORITHM"):
        assert told in str(raised.value)
    assert KEY.secret.hex() not in str(raised.value)


def test_the_key_of_the_environment_is_refused_where_it_is_loaded(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    house.write(root, house.of_key(KEY))
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    assert keys.key_set(root) == OTHER
    with pytest.raises(OperatorError, match=OTHER.key_id):
        keys.load_key(root)
    monkeypatch.setenv("SKILLS_KEY", KEY.secret.hex())
    assert keys.load_key(root) == KEY
    monkeypatch.setenv("SKILLS_TOKEN_ALGORITHM", "sm3")
    with pytest.raises(OperatorError, match=SM3.key_id):
        keys.load_key(root)


@pytest.mark.parametrize(("step", "command"), [("rekey", "skills rekey"), ("upgrade", "skills run")])
def test_while_it_is_being_exchanged_nothing_uses_it(root: Root, step: str, command: str) -> None:
    house.write(root, house.of_key(KEY, moving=step))
    with pytest.raises(OperatorError, match=command):
        house.admit(root, KEY)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"layout": 2}', '{"key_id": "a", "colour": "red"}'])
def test_a_damaged_file_is_one_sentence(root: Root, content: str) -> None:
    (root.path / "house.json").write_text(content, "utf-8")
    with pytest.raises(OperatorError, match=r"house.json is damaged: restore it"):
        house.read(root)


def test_a_layout_to_come_is_one_sentence(root: Root) -> None:
    told = {"key_id": KEY.key_id, "token_algorithm": "sha256", "layout": house.LAYOUT + 1, "moving": None}
    (root.path / "house.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(OperatorError, match=f"layout {house.LAYOUT + 1}, this program knows {house.LAYOUT}"):
        house.read(root)
