"""Pulls what is new from a channel, keeps the bytes as sent, and writes one line per delivery.

Content stands in its place before its line is written, so a run that was killed is simply done again; it is never held
in memory. Looking into channels is `look`, which feed a file belongs to `placing`. Ends at `received/`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import filecmp
import hashlib
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

from ingest import connections, last_looks, scanner, sender_time
from ingest.channels import UNDATED, UNOPENED, Changed, Found, Ground, Identity
from ingest.feed import Feed
from ingest.feed import feeds as all_feeds
from ingest.limits import MB, limits
from ingest.look import Came, Look, Times
from ingest.placing import Places
from ingest.pool import Pool
from ingest.scanner import INFECTED, Infected, NotScanned, Scan
from warehouse.store import durable, integrity, log
from warehouse.store.data_root import Root
from warehouse.store.settings import Scanner, settings
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Delivery

UNRECOGNISED = "unrecognised"
ANSWERS = "answers"
"""Folders of what is no submission, below `received/`."""
OTHER_CHECKSUM = (
    "文件与报送方给出的校验值（旁边的 .sha256 文件，或接口给出的 sha256）不一致：可能没有传完整，或校验值不是这一份的；"
    "请重新传送文件和校验值。"
)
"""The problem of what its sender says to be other bytes; as what cannot be opened, it is tried again at every run."""
_LEFT = "What was not taken lies where it came, and the next run takes it."
RECHECK_MB = 500
"""Of what was received long ago a look without a run reads no more than this again: a second's work, and with a look a
minute 700 GB a day."""


def content_file(root: Root, delivery: Delivery) -> Path:
    """Where a delivery's bytes lie, as sent."""
    submission = delivery.submission
    aside = ANSWERS if delivery.answers else UNRECOGNISED
    folder = submission.submission_id if submission else f"{aside}/{delivery.sha256[:12]}"
    return root.received.joinpath(folder, "content")


def deliveries(root: Root) -> list[Delivery]:
    """Every delivery in the order received; a last line that a kill cut off is not yet one.

    A file that could not be opened is one until it could.
    """
    entries = log.read(root.deliveries)
    known = _KNOWN.get(root.deliveries)
    if known is None or known[0] is not entries:
        received = [Delivery(**entry.facts, received_at=entry.at) for entry in entries]
        opened = {delivery.seen_as for delivery in received if delivery.sha256}
        standing = [delivery for delivery in received if delivery.sha256 or delivery.seen_as not in opened]
        _KNOWN[root.deliveries] = known = entries, standing
    return [*known[1]]


_KNOWN: dict[Path, tuple[list[log.Entry], list[Delivery]]] = {}
"""What a log's entries, as last read, told: a run asks for all deliveries some hundred times."""


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


def parts(root: Root) -> dict[str, tuple[integrity.Part, list[Delivery]]]:
    """What lies under `received/`, by its folder: the content as it was hashed, and the deliveries that brought it."""
    contents: dict[str, tuple[integrity.Part, list[Delivery]]] = {}
    for delivery in deliveries(root):
        if delivery.sha256:
            path = content_file(root, delivery)
            part = integrity.Part(path, delivery.sha256)
            contents.setdefault(str(path.parent.relative_to(root.received)), (part, []))[1].append(delivery)
    return contents


def restore(root: Root, part: integrity.Part, brought_by: Iterable[Delivery]) -> bool:
    """Takes damaged content from its channel once more, where the same bytes still lie there."""
    # Its bytes tell whether it is whole, however lately it was touched, and whatever day it is in a demo.
    ground = Ground(root.inbox, root.work, quiet_seconds=0)
    times = Times(clock.now(), dt.date.max, is_attended=True)
    with closing(Look(root, connections.connections(), Places(all_feeds()), ground, times)) as again:
        for delivery in brought_by:
            file = again.again(delivery.seen_as)
            if file is not None and _restored(root, part, file):
                return True
    return False


def _restored(root: Root, part: integrity.Part, file: Found) -> bool:
    staged = _staging(root) / "content"
    with _staged(staged) as copy:
        try:
            sha256, _ = _judged(file, copy)
        except OSError:
            return False
    if sha256 != part.sha256:
        return False
    part.path.parent.mkdir(parents=True, exist_ok=True)
    durable.move(staged, part.path)
    return True


def look(
    root: Root,
    readers: Pool | None = None,
    *,
    waits: bool = False,
    as_of: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Look:
    """One run's look at what the departments delivered, over all channels, to be shared by all calls of that run and
    closed by it. `waits`: somebody stands by, so that what came a moment ago is waited for. `as_of` (empty: today) ends
    what a demo shows, and nothing else."""
    seconds = limits().quiet_seconds_by_hand if waits else limits().quiet_seconds
    now = now or clock.now()
    return Look(
        root,
        connections.connections(),
        Places(all_feeds(), readers),
        Ground(root.inbox, root.work, seconds, waits),
        Times(now, as_of or clock.day_of(now), waits),
    )


def receive(
    root: Root,
    feeds: Iterable[Feed],
    *,
    now: dt.datetime,
    periods: Collection[str] = (),
    departments: Collection[str] = (),
    channel: Look | None = None,
) -> list[Delivery]:
    """Pulls what no delivery of these feeds tells of yet; given `periods` or `departments`, those alone, and again
    even if seen. The new deliveries in order of modified time, then name; `now` (aware) is written into each.
    """
    known = deliveries(root)
    seen = {} if periods or departments else last_looks.seen(root, known, now)
    wanted = [feed for feed in feeds if not departments or feed.department in departments]
    with nullcontext(channel) if channel else closing(look(root, now=now)) as looked:
        return _store(root, looked, looked.pull(wanted, seen, periods), known, now)


def receive_unrecognised(root: Root, *, now: dt.datetime, channel: Look | None = None) -> list[Delivery]:
    """Keeps the new files that no feed claims, each with its `problem`."""
    known = deliveries(root)
    with nullcontext(channel) if channel else closing(look(root, now=now)) as looked:
        return _store(root, looked, looked.unrecognised_files(last_looks.seen(root, known, now)), known, now)


def pending(
    root: Root,
    *,
    channel: Look | None = None,
    now: dt.datetime | None = None,
    recheck_mb: int = RECHECK_MB,
) -> list[Identity]:
    """What lies whole on the channels and no delivery tells of yet. Read are, up to so many MB, only what once was
    refused, what is due to be read again, and what only its checksum can tell to be whole."""
    now = now or clock.now()
    known = deliveries(root)
    last = {delivery.seen_as: delivery for delivery in known}
    new: list[Identity] = []
    unchanged: list[Found] = []
    left = recheck_mb * MB
    looked = channel or look(root, now=now)
    for file in looked.unseen(last_looks.seen(root, known, now)):
        before = last.get(file.seen_as)
        if before is None and (file.is_quiet or file.sha256_beside is None):
            new.append(file.seen_as)
        elif file.size <= left:
            left -= file.size
            with suppress(Changed):
                sha256, _ = _judged(file)
                if before is None or sha256 not in ("", before.sha256):
                    new.append(file.seen_as)
                elif before.sha256:
                    unchanged.append(file)
    last_looks.remember(root, unchanged, now)
    return sorted(new)


def _store(
    root: Root, channels: Look, files: Iterable[Found], known: Iterable[Delivery], now: dt.datetime
) -> list[Delivery]:
    scanned_by = settings().scanner
    if away := scanner.complaint(scanned_by):
        channels.note(f"{away} {_LEFT}")
        return []
    shutil.rmtree(_staging(root), ignore_errors=True)
    last = {delivery.seen_as: delivery for delivery in known}
    new: list[Delivery] = []
    read: list[Found] = []
    infected: list[Found] = []
    for file in sorted(files, key=lambda file: (file.modified_at, file.name)):
        before = last.get(file.seen_as)
        try:
            delivery = _taken(root, file, before, now, scanned_by)
        except Changed:
            continue  # still being written: a later run takes it
        except NotScanned as unscanned:
            channels.note(f"{unscanned.reason} {_LEFT}")
            if unscanned.is_away:
                break
            continue
        except Infected as refused:
            channels.note(f"The scanner refuses a file of {file.department} on {file.channel}: {refused.signature}.")
            shutil.rmtree(_staging(root))
            infected.append(file)
            delivery = _refused(file, before, INFECTED, now)
        if delivery is not None:
            new.append(delivery)
        if delivery.sha256 if delivery else before and before.sha256:
            read.append(file)
    durable.sync(path for delivery in new if delivery.sha256 for path in _places(root, delivery))
    log.append(root.deliveries, map(entry_of, new))
    last_looks.remember(root, [*read, *infected], now)
    channels.settle(read, infected, _came(new), _came(delivery for delivery in new if delivery.problem))
    return new


def _came(deliveries: Iterable[Delivery]) -> Came:
    return Came((delivery.channel, delivery.department, delivery.dataset or "") for delivery in deliveries)


def _delivery(file: Found, sha256: str, now: dt.datetime) -> Delivery:
    received_at = file.arrived_at or clock.utc_text(now)
    moments = map(dt.datetime.fromisoformat, (file.modified_at, received_at))
    return Delivery(
        channel=file.channel,
        department=file.department,
        name=file.name,
        size=file.size,
        modified_at=file.modified_at,
        received_at=received_at,
        sha256=sha256,
        dataset=file.dataset,
        unit=file.unit,
        period=file.period,
        problem=file.problem,
        answers=file.answers,
        remark=None if file.modified_at == UNDATED else sender_time.remark(*moments),
    )


def _staging(root: Root) -> Path:
    return root.work / "receiving"


def _staged(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _taken(root: Root, file: Found, before: Delivery | None, now: dt.datetime, scanned_by: Scanner) -> Delivery | None:
    """The delivery with its bytes in their place, not yet synced; null where they are those of the delivery before,
    which stands."""
    if before and before.sha256 and content_file(root, before).exists():
        sha256, _ = _judged(file)
        if sha256 in ("", before.sha256):
            return None
    staged = _staging(root) / "content"
    with _staged(staged) as copy, scanner.scanning(scanned_by) as scan:
        sha256, problem = _judged(file, copy, scan)
    if not sha256:
        return None if before and before.sha256 else _refused(file, before, problem, now)
    delivery = _delivery(dataclasses.replace(file, problem=problem), sha256, now)
    if before and before.sha256 == sha256:
        _keep(content_file(root, before), staged)
        durable.sync(_places(root, before))
        return None
    _keep(content_file(root, delivery), staged)
    return delivery


def _refused(file: Found, before: Delivery | None, problem: str | None, now: dt.datetime) -> Delivery | None:
    """The delivery of what is not taken; null where the one before says the same."""
    if before and not before.sha256 and before.problem == problem:
        return None
    return _delivery(dataclasses.replace(file, problem=problem), "", now)


def _judged(file: Found, copy: BinaryIO | None = None, scan: Scan | None = None) -> tuple[str, str | None]:
    """SHA-256 and problem of a file, which is copied and scanned on the way; no SHA-256 where its bytes are not
    taken. Raises what `scan` does."""
    refusal = limits().oversize(file.size) if file.is_sized else None
    if refusal is not None:
        return "", file.problem or refusal
    digest, left = hashlib.sha256(), file.most_bytes
    try:
        for piece in _pieces(file):
            left -= len(piece)
            if left < 0:  # before a file without end fills the disk
                break
            digest.update(piece)
            if copy:
                copy.write(piece)
            if scan:
                scan.feed(piece)
    except _UnopenedError:
        return "", file.problem or UNOPENED
    if left < 0 and not file.is_sized:
        return "", file.problem or limits().oversize(file.most_bytes - left)
    if (left and file.is_sized) or (file.sha256_beside not in (None, digest.hexdigest()) and not file.is_quiet):
        raise Changed(file.name)
    if file.sha256_beside not in (None, digest.hexdigest()):
        return "", OTHER_CHECKSUM
    if scan:
        scan.end()
    return digest.hexdigest(), file.problem


class _UnopenedError(Exception):
    """The channel gives no bytes; that our own disk takes none is another thing, and no department's."""


def _pieces(file: Found) -> Iterator[bytes]:
    try:
        with file.open() as stream:
            while piece := stream.read(MB):
                yield piece
    except Changed:
        raise
    except OSError as error:
        raise _UnopenedError from error


def _keep(target: Path, staged: Path) -> None:
    """Stores the bytes by one rename of their folder; what stands already is never touched, unless it is damaged."""
    if target.exists():
        if not filecmp.cmp(target, staged, shallow=False):
            durable.move(staged, target)
    else:
        folder = staged.with_name(target.parent.name)
        folder.mkdir(mode=0o700)
        staged.rename(folder / target.name)
        durable.move(folder, target.parent)


def _places(root: Root, delivery: Delivery) -> tuple[Path, ...]:
    """What is to be synced of a delivery's bytes, also where they stood already: a kill may have come before its
    line."""
    target = content_file(root, delivery)
    return target, target.parent, target.parent.parent
