"""Tells receivers what they do not know yet, and departments what they are reminded of.

What was taken stands in the log at once, receiver by receiver, so that a kill between the two repeats that one message
at most; who could not be reached is tried again at the next look, without a word to the others. A failure to send is
told in the log of runs and raises nothing; where nothing can be written nothing is sent. Ends at what was sent.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from orchestration.pipeline import run_log
from orchestration.pipeline.alerts import alert_log, episodes, reminders, senders
from orchestration.pipeline.alerts.episodes import Episode
from orchestration.pipeline.alerts.message import Message, message
from orchestration.pipeline.alerts.reminders import Digest
from orchestration.pipeline.alerts.senders import Refused, smtp
from warehouse.store.data_root import Root
from warehouse.store.settings import Receiver
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import redact

_AT_ONCE = 8


@dataclass(frozen=True)
class Moment:
    """When mails are sent, and of which day they are."""

    as_of: dt.date
    now: dt.datetime


@dataclass
class Delivery:
    """`sent`: receiver or department → how many alerts or reminders it was told of; `failed`: the same → why not."""

    sent: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def tell(root: Root, receivers: Sequence[Receiver], known: Sequence[Episode], now: dt.datetime) -> Delivery:
    """All receivers at once, each in one message. The caller holds the log's lock."""
    waiting = [(receiver, episodes.to_tell(known, receiver)) for receiver in receivers]
    to_do = [(receiver, untold) for receiver, untold in waiting if untold]
    delivery, writing = Delivery(), threading.Lock()

    def tell_receiver(receiver: Receiver, untold: Sequence[Episode]) -> None:
        why = attempt(receiver, message(untold), now)
        with writing:
            if why is None:
                alert_log.append(root, episodes.told(untold, receiver.name, clock.utc_text(now)))
                delivery.sent[receiver.name] = len(untold)
            else:
                delivery.failed[receiver.name] = why

    if to_do:
        alert_log.refuse_full_disk(root)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(tell_receiver, *zip(*to_do, strict=True)))
    _log(root, "alerts_sent", delivery)
    return delivery


def attempt(receiver: Receiver, content: Message, now: dt.datetime) -> str | None:
    """Why a message was not taken; null where it was."""
    try:
        senders.send(receiver, content, now)
    except (Refused, OperatorError) as error:
        return redact(str(error))
    except Exception as error:  # a sender must not keep the others from being told
        return run_log.reason(error)
    return None


def remind(
    root: Root, server: Receiver, addresses: Mapping[str, Sequence[str]], digests: Sequence[Digest], day: Moment
) -> Delivery:
    """One mail for each department, over one connection. The caller holds the log's lock."""
    delivery = Delivery()
    if not digests:
        return delivery
    alert_log.refuse_full_disk(root)
    try:
        with smtp.connected(server) as post:
            for digest in digests:
                _remind(root, post, addresses[digest.department], digest, day, delivery)
    except (Refused, OperatorError) as error:
        untold = [digest for digest in digests if digest.department not in delivery.sent | delivery.failed]
        delivery.failed |= {digest.department: redact(str(error)) for digest in untold}
    _log(root, "reminders_sent", delivery)
    return delivery


def _remind(root: Root, post: smtp.Post, to: Sequence[str], digest: Digest, day: Moment, delivery: Delivery) -> None:
    try:
        post(to, digest.message, day.now)
    except Refused as error:
        delivery.failed[digest.department] = redact(str(error))
        return
    alert_log.append(root, [reminders.reminded(digest, day.as_of, clock.utc_text(day.now))])
    delivery.sent[digest.department] = 1


def _log(root: Root, event: str, delivery: Delivery) -> None:
    if delivery.sent:
        run_log.tell(root, event, to=delivery.sent)
    for name, why in delivery.failed.items():
        run_log.tell(root, f"{event.removesuffix('_sent')}_not_sent", level="error", to=name, reason=why)
