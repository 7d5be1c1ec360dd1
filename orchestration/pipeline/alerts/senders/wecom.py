"""A group robot of WeCom (企业微信): text of at most 2,048 bytes; it says in its JSON whether it took it."""

from __future__ import annotations

import datetime as dt

from orchestration.pipeline.alerts.message import Message, cut
from orchestration.pipeline.alerts.senders import Refused
from orchestration.pipeline.alerts.senders.http_post import post
from warehouse.store.settings import Receiver

_MOST_BYTES = 2048


def send(receiver: Receiver, message: Message, now: dt.datetime) -> None:
    text = cut(f"{message.title}\n\n{message.text}", _MOST_BYTES)
    answer = post(receiver.address, {"msgtype": "text", "text": {"content": text}})
    if answer.get("errcode") != 0:
        raise Refused(f"WeCom answers {answer.get('errcode')} {answer.get('errmsg', '')}".rstrip())
