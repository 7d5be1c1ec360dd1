"""Pulls what is new from a channel, keeps the bytes as sent, and writes one line per delivery.

Content stands in its place before its line is written, so a run that was killed is simply done again. Looking into
channels is `channels/`, which feed a file belongs to `recognise`. Ends at `received/`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from ingest.channels import UNOPENED, Channel, ChannelFile, Identity
from ingest.channels.drop_folder import DropFolder
from ingest.feed import Feed
from ingest.feed import feeds as all_feeds
from ingest.pool import Pool
from warehouse.store import durable, log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Delivery

UNRECOGNISED = "unrecognised"
ANSWERS = "answers"
"""Folders of what is no submission, below `received/`."""


def content_file(root: Root, delivery: Delivery) -> Path:
    """Where a delivery's bytes lie, as sent."""
    submission = delivery.submission
    aside = ANSWERS if delivery.answers else UNRECOGNISED
    folder = submission.submission_id if submission else f"{aside}/{delivery.sha256[:12]}"
    return root.received / folder / "content"


def deliveries(root: Root) -> list[Delivery]:
    """Every delivery in the order received; a last line that a kill cut off is not yet one.

    A file that could not be opened is one until it could.
    """
    received = [_delivery_of(entry) for entry in log.read(root.deliveries)]
    opened = {delivery.seen_as for delivery in received if delivery.sha256}
    return [delivery for delivery in received if delivery.sha256 or delivery.seen_as not in opened]


@functools.lru_cache(maxsize=100_000)
def _delivery_of(entry: log.Entry) -> Delivery:
    """A line never changes; a run looks at all of them once per dataset."""
    return Delivery(**entry.facts, received_at=entry.at)


def entry_of(delivery: Delivery) -> log.Entry:
    """The line that tells of a delivery."""
    facts = dataclasses.asdict(delivery)
    submission = delivery.submission
    return log.Entry(
        at=facts.pop("received_at"),
        actor=log.Actor("department", delivery.department, delivery.channel),
        kind="delivery",
        subject=submission.submission_id if submission else delivery.name,
        facts=facts,
    )


def look(root: Root, readers: Pool | None = None) -> Channel:
    """One run's look at what the departments delivered, to be shared by all calls of that run: the drop folder
    serves every feed."""
    return DropFolder(str(root.inbox), all_feeds(), readers)


def receive(
    root: Root,
    feeds: Iterable[Feed],
    *,
    now: dt.datetime,
    periods: Collection[str] = (),
    departments: Collection[str] = (),
    channel: Channel | None = None,
) -> list[Delivery]:
    """Pulls what no delivery of these feeds tells of yet; given `periods` or `departments`, those alone, and again
    even if seen. The new deliveries in order of modified time, then name; `now` (aware) is written into each.
    """
    channel = channel or look(root)
    known = deliveries(root)
    seen = frozenset() if periods or departments else _seen(known)
    files = (
        file
        for feed in feeds
        if not departments or feed.department in departments
        for file in channel.pull(feed, seen)
        if not periods or file.period in periods
    )
    return _store(root, files, known, now)


def receive_unrecognised(root: Root, *, now: dt.datetime, channel: Channel | None = None) -> list[Delivery]:
    """Keeps the new files that no feed claims, each with its `problem`."""
    known = deliveries(root)
    return _store(root, (channel or look(root)).unrecognised_files(_seen(known)), known, now)


def pending(root: Root, feeds: Iterable[Feed]) -> list[Identity]:
    """What lies on the channels of the feeds and no delivery tells of yet; only what once could not be opened is
    tried."""
    known = deliveries(root)
    closed = {delivery.seen_as for delivery in known if not delivery.sha256}
    unseen = DropFolder(str(root.inbox), feeds).unseen(_seen(known))
    return sorted(file.seen_as for file in unseen if file.seen_as not in closed or _content(file) is not None)


def _seen(known: Iterable[Delivery]) -> frozenset[Identity]:
    return frozenset(delivery.seen_as for delivery in known if delivery.sha256)


def _content(file: ChannelFile) -> bytes | None:
    """The bytes; null for a file that cannot be opened, which must stop no other."""
    try:
        return file.open()
    except OSError:
        return None


def _store(root: Root, files: Iterable[ChannelFile], known: Iterable[Delivery], now: dt.datetime) -> list[Delivery]:
    shutil.rmtree(_staging(root), ignore_errors=True)
    recorded = {(delivery.seen_as, delivery.sha256) for delivery in known}
    new: list[Delivery] = []
    kept: list[Path] = []
    for file in sorted(files, key=lambda file: (file.modified_at, file.name)):
        content = _content(file)
        if content is None:
            delivery = _delivery(dataclasses.replace(file, problem=file.problem or UNOPENED), "", now)
        elif len(content) != file.size:
            continue  # still being written: the next run takes it
        else:
            delivery = _delivery(file, hashlib.sha256(content).hexdigest(), now)
            kept += _keep(root, content_file(root, delivery), content)
        if (delivery.seen_as, delivery.sha256) not in recorded:
            new.append(delivery)
    durable.sync(kept)
    log.append(root.deliveries, map(entry_of, new))
    return new


def _delivery(file: ChannelFile, sha256: str, now: dt.datetime) -> Delivery:
    return Delivery(
        channel=file.channel,
        department=file.department,
        name=file.name,
        size=file.size,
        modified_at=file.modified_at,
        received_at=clock.utc_text(now),
        sha256=sha256,
        dataset=file.dataset,
        unit=file.unit,
        period=file.period,
        problem=file.problem,
        answers=file.answers,
    )


def _staging(root: Root) -> Path:
    return root.work / "receiving"


def _keep(root: Root, target: Path, content: bytes) -> list[Path]:
    """Stores the bytes by one rename of their folder; gives what is to be synced. What stands already is never
    touched, but synced too: a kill may have come before its line."""
    if not target.exists():
        staged = _staging(root) / target.parent.name
        staged.mkdir(parents=True, exist_ok=True)
        durable.write(staged / target.name, content)
        durable.move(staged, target.parent)
    return [target, target.parent, target.parent.parent]
