"""What a data root is made with: its layout and the key of its tokens, in `house.json`.

With another key the same person would get another token and count twice: such a key is refused. How tokens are made
anew is `orchestration.pipeline.renewal`. Ends at that file and its log.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from warehouse.store import durable, log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key

LAYOUT = 2
"""1: logs of flat lines, decisions without a checksum of their own. How a root comes from one layout to the next is
`orchestration.pipeline.migrations`."""


@dataclass(frozen=True)
class House:
    """`moving`: the step, `rekey` or `upgrade`, in which what is derived is just being exchanged for what was made
    with this key and layout; until it has ended nothing else may use it."""

    key_id: str
    token_algorithm: str
    layout: int = LAYOUT
    moving: str | None = None


def of_key(key: Key, moving: str | None = None, layout: int = LAYOUT) -> House:
    return House(key.key_id, key.algorithm, layout, moving)


def _file(root: Root) -> Path:
    return root.path / "house.json"


def read(root: Root) -> House | None:
    """None for a root that no run has used yet, and for one of the first layout."""
    path = _file(root)
    try:
        house = House(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise OperatorError(f"{path} is damaged: restore it from a backup.") from None
    if house.layout > LAYOUT:
        raise OperatorError(
            f"{root.path} has layout {house.layout}, this program knows {LAYOUT} at most: use a newer version of it."
        )
    return house


def write(root: Root, house: House) -> None:
    """On the disk when this returns."""
    content = json.dumps(dataclasses.asdict(house), indent=1, sort_keys=True)
    durable.replace(_file(root), f"{content}\n".encode(), 0o644)


def log_file(root: Root) -> Path:
    """The steps by which the root came to its key and layout."""
    return root.logs / "house.jsonl"


def compared_from(root: Root) -> int:
    """The number of deliveries that came under the first layout, which compared nothing with what stood."""
    return max((entry.facts.get("deliveries", 0) for entry in log.read(log_file(root))), default=0)


def admit(root: Root, key: Key) -> None:
    """`OperatorError` where the key is not that of the root's tokens, or these are just being exchanged."""
    house = read(root)
    if house is None:
        return
    if (house.key_id, house.token_algorithm) != (key.key_id, key.algorithm):
        raise OperatorError(
            f"The tokens in {root.path} were made with key {house.key_id} ({house.token_algorithm}), but SKILLS_KEY "
            f"and SKILLS_TOKEN_ALGORITHM give key {key.key_id} ({key.algorithm}): give the former again, or call "
            "skills rekey to make all tokens anew."
        )
    refuse_moving(root)
    if house.layout < LAYOUT:
        raise OperatorError(
            f"{root.path} has layout {house.layout}, this program works with {LAYOUT}: call skills run, which upgrades "
            "it; a backup (skills backup) first is the way back."
        )


def refuse_moving(root: Root) -> None:
    """`OperatorError` while what is derived is being exchanged: a part of it is of before, a part of after."""
    house = read(root)
    if house is not None and house.moving:
        command = "rekey" if house.moving == "rekey" else "run"
        raise OperatorError(f"What {root.path} holds is just being exchanged: call skills {command} again to end it.")
