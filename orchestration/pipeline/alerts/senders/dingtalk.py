"""A group robot of DingTalk (钉钉), signed where it has a secret: the moment and its HMAC go into the address."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from urllib.parse import urlencode

from orchestration.pipeline.alerts.message import Message, cut
from orchestration.pipeline.alerts.senders import Refused
from orchestration.pipeline.alerts.senders.http_post import post
from warehouse.store.settings import Receiver

_MOST_BYTES = 18_000


def send(receiver: Receiver, message: Message, now: dt.datetime) -> None:
    text = cut(f"{message.title}\n\n{message.text}", _MOST_BYTES)
    answer = post(_signed(receiver, now), {"msgtype": "text", "text": {"content": text}})
    if answer.get("errcode") != 0:
        raise Refused(f"DingTalk answers {answer.get('errcode')} {answer.get('errmsg', '')}".rstrip())


def _signed(receiver: Receiver, now: dt.datetime) -> str:
    if receiver.secret is None:
        return receiver.address
    secret, moment = receiver.secret.reveal(), str(int(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    joint = "&" if "?" in receiver.address else "?"
    return f"{receiver.address}{joint}{urlencode({'timestamp': moment, 'sign': base64.b64encode(digest).decode()})}"
