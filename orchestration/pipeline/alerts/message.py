"""What a receiver reads at once: all alerts that are new to it, and all that are over, in one message.

One message for each look and receiver, so that twenty late departments are one message. Ends at a title, a text and the
same as facts; how it travels is `senders`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.pipeline.alerts.episodes import Episode
from orchestration.pipeline.alerts.kinds import KINDS, SEVERITIES
from pages import words

HOUSE = "技能培训数据仓库"
SHOWN = 10
"""Of a kind; the others are counted."""


@dataclass(frozen=True)
class Message:
    """`facts`: the same for programs; `digest`: the same for the same content, so that a mail that is sent again after
    a kill can be recognised."""

    title: str
    text: str
    facts: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).hexdigest()[:32]


def message(episodes: Sequence[Episode]) -> Message:
    new = [episode for episode in episodes if episode.is_open]
    over = [episode for episode in episodes if not episode.is_open]
    counts = [f"新告警 {len(new)} 条"] if new else []
    counts += [f"恢复 {len(over)} 条"] if over else []
    blocks = [*_by_kind(new, _new_block), *_by_kind(over, _over_block)]
    facts = {"house": HOUSE, "alerts": [episode.facts for episode in episodes]}
    return Message(f"{HOUSE}：{'，'.join(counts)}", "\n\n".join(blocks), facts)


def trial(receiver: str, now: dt.datetime) -> Message:
    """To see whether a receiver can be reached."""
    text = f"这是一条测试消息，发给 {receiver}，时间 {words.moment(now)}。收到即说明告警可以送达，无需处理。"
    return Message(f"{HOUSE}：测试消息", text, {"house": HOUSE, "test": True, "alerts": []})


def cut(text: str, most_bytes: int) -> str:
    """What fits into so many bytes of UTF-8, with a sign that more was said."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - len("…".encode())].decode("utf-8", "ignore") + "…"


def _by_kind(episodes: Sequence[Episode], block: Callable[[Sequence[Episode]], str]) -> Iterable[str]:
    for kind in KINDS:
        of_kind = [episode for episode in episodes if episode.alert.kind == kind]
        if of_kind:
            yield block(of_kind)


def _new_block(episodes: Sequence[Episode]) -> str:
    alert = episodes[0].alert
    lines = [f"【{alert.title}】{SEVERITIES[alert.severity]}"]
    for episode in episodes[:SHOWN]:
        lines.append(f"· {_sentence(episode)}自{_moment(episode.alert.since)}起。")
        lines.append(f"  {episode.alert.link}")
    return "\n".join([*lines, *_rest(episodes), f"处理：{alert.to_do}"])


def _over_block(episodes: Sequence[Episode]) -> str:
    lines = [f"【恢复：{episodes[0].alert.title}】"]
    for episode in episodes[:SHOWN]:
        span = f"{_moment(episode.alert.since)}起，{_moment(str(episode.ended_at))}恢复。"
        lines.append(f"· {_sentence(episode)}{span}")
    return "\n".join([*lines, *_rest(episodes)])


def _sentence(episode: Episode) -> str:
    what = episode.alert.what.rstrip()
    return what if what.endswith(("。", ".", "！", "？")) else f"{what}。"


def _rest(episodes: Sequence[Episode]) -> list[str]:
    return [f"· 另有 {len(episodes) - SHOWN} 条，见 skills alerts list。"] if len(episodes) > SHOWN else []


def _moment(text: str) -> str:
    return words.moment(dt.datetime.fromisoformat(text))
