"""A group robot of Feishu (飞书), signed where it has a secret: the moment and its HMAC go into the content."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any

from orchestration.pipeline.alerts.message import Message, cut
from orchestration.pipeline.alerts.senders import Refused
from orchestration.pipeline.alerts.senders.http_post import post
from warehouse.store.settings import Receiver

_MOST_BYTES = 18_000


def send(receiver: Receiver, message: Message, now: dt.datetime) -> None:
    text = cut(f"{message.title}\n\n{message.text}", _MOST_BYTES)
    content: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    answer = post(receiver.address, content | _signature(receiver, now))
    code = answer.get("code", answer.get("StatusCode"))
    if code != 0:
        raise Refused(f"Feishu answers {code} {answer.get('msg', '')}".rstrip())


def _signature(receiver: Receiver, now: dt.datetime) -> dict[str, str]:
    """The secret is part of the HMAC's key, and nothing is its message."""
    if receiver.secret is None:
        return {}
    moment = str(int(now.timestamp()))
    digest = hmac.new(f"{moment}\n{receiver.secret.reveal()}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": moment, "sign": base64.b64encode(digest).decode()}
