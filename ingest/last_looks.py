"""When the content of each file on a channel was last held against what was received, in `work/looks.json`.

A sender's size and modified time do not tell that a file was written over; a new change time does at once, and where
a channel shows neither that nor a version, its content does once a day. Derived: without the file everything is read
once more. A file is named by a digest, since senders write identifiers into names. Ends at what need not be read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from ingest.channels import Found, Identity, Seen
from ingest.scanner import INFECTED
from warehouse.store.data_root import Root
from warehouse.store.register import dump_json
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Delivery

TRUSTED = dt.timedelta(days=1)
TRUSTED_VERSION = dt.timedelta(days=800)
"""Of a channel whose change is another with every content; the plan's years end before."""
_Look = tuple[str, str, bool]
"""The change that a file had, when it was read (UTC, ISO 8601), and whether the change is a version."""


def seen(root: Root, known: Iterable[Delivery], now: dt.datetime) -> Seen:
    """Of what was received or refused for what is in it, what was read within a day of `now`."""
    looks = _trusted(root, now)
    judged = (delivery for delivery in known if delivery.sha256 or delivery.problem == INFECTED)
    received = {delivery.seen_as: _digest(delivery.seen_as) for delivery in judged}
    return {identity: looks[digest][0] for identity, digest in received.items() if digest in looks}


def remember(root: Root, files: Iterable[Found], now: dt.datetime) -> None:
    """Files whose content was just read; looks that are trusted no more are forgotten, so that the list ends with the
    channel's."""
    read_at = clock.utc_text(now)
    new = {_digest(file.seen_as): (file.change, read_at, file.is_versioned) for file in files}
    if new:
        dump_json(root.looks, _trusted(root, now) | new)


def _trusted(root: Root, now: dt.datetime) -> dict[str, _Look]:
    """A damaged list is none."""
    looks: dict[str, _Look] = {}
    try:
        for digest, (change, read_at, is_version) in json.loads(root.looks.read_bytes()).items():
            if abs(now - dt.datetime.fromisoformat(read_at)) < (TRUSTED_VERSION if is_version else TRUSTED):
                looks[digest] = change, read_at, is_version
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return looks


def _digest(identity: Identity) -> str:
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]
