"""How messages travel: one module for each kind of receiver, of the kind's name, with a function `send`.

A module that is there is a kind; the settings name the kinds that may be chosen. What is said is `message`, what was
told already is `episodes`. Ends at a message that the other side took, or at `Refused`.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from typing import cast

from orchestration.pipeline.alerts.message import Message
from warehouse.store.settings import Receiver

Send = Callable[[Receiver, Message, dt.datetime], None]
SECONDS = 8.0
"""For each answer: who looks is a sensor, which Dagster gives up after a minute."""


class Refused(Exception):
    """A message was not taken: why, in one sentence without the address, which may hold a key."""


def send(receiver: Receiver, message: Message, now: dt.datetime) -> None:
    """`Refused` where the other side cannot be reached or does not take it."""
    module = importlib.import_module(f"{__name__}.{receiver.kind}")
    cast(Send, module.send)(receiver, message, now)
