"""Any address that takes JSON: the alerts as facts, each with what, since when and what to do; taken when it answers
with success. With a secret the request bears it as a bearer token."""

from __future__ import annotations

import datetime as dt

from orchestration.pipeline.alerts.message import Message
from orchestration.pipeline.alerts.senders.http_post import post
from warehouse.store.settings import Receiver
from warehouse.vocabulary import clock


def send(receiver: Receiver, message: Message, now: dt.datetime) -> None:
    told = {"title": message.title, "text": message.text, "sent_at": clock.utc_text(now), **message.facts}
    bearer = {"Authorization": f"Bearer {receiver.secret.reveal()}"} if receiver.secret else {}
    post(receiver.address, told, bearer)
