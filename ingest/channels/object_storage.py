"""Object storage: a bucket of any store that speaks S3, as OBS, COS, OSS or a department's own, with a folder (prefix)
for each department or feed.

An object appears whole or not at all, and its tag is another with every content, so that nothing is waited for and
nothing unchanged is read again. How a store is spoken to is `s3_bucket`. Ends at `Found`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from ingest.channels import Bookmark, Changed, Found, Ground, Source, Unreachable
from ingest.channels.drop_folder import is_temporary, legible, utc_text
from ingest.channels.resuming import Resuming
from ingest.channels.s3_bucket import Address, Bucket, Object
from ingest.channels.s3_signature import Login
from ingest.channels.whole_files import SHA256, SIDECAR_BYTES, is_sidecar, sha256_told
from ingest.limits import limits
from warehouse.vocabulary.secret import Secret

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")


@dataclass(frozen=True)
class Settings:
    """`endpoint`: scheme and host of the store, without the bucket; `virtual_hosted`: the bucket goes before the host.
    `ca_file`: the certificates that are trusted, in place of the machine's. Without keys it asks as anybody may."""

    endpoint: str
    bucket: str
    region: str = "us-east-1"
    virtual_hosted: bool = False
    access_key: Secret | None = None
    secret_key: Secret | None = None
    session_token: Secret | None = None
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError("endpoint must be http:// or https:// with the host of the store")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("endpoint must end with the host; the bucket stands in bucket, folders in each prefix")
        if not _BUCKET.fullmatch(self.bucket):
            raise ValueError("bucket must be the name of a bucket, without folders")
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("access_key and secret_key go together")
        if self.session_token and not self.access_key:
            raise ValueError("session_token goes with access_key and secret_key")


@dataclass(frozen=True)
class Place:
    """`prefix`: the folder in the bucket, empty for all of it; `pattern`: of the names of files, as `*.xlsx`."""

    prefix: str = ""
    pattern: str = "*"


def connect(name: str, settings: Settings, ground: Ground) -> ObjectStorage:
    login = None
    if settings.access_key and settings.secret_key:
        login = Login(settings.access_key, settings.secret_key, settings.session_token, settings.region)
    address = Address(settings.endpoint, settings.bucket, settings.virtual_hosted, settings.ca_file)
    return ObjectStorage(name, Bucket(address, login))


class ObjectStorage:
    """One run's look at a bucket."""

    is_remote = True
    keeps_order = False

    def __init__(self, name: str, bucket: Bucket) -> None:
        self._name = name
        self._bucket = bucket

    def files(self, source: Source, bookmark: Bookmark) -> Iterator[Found]:
        """Where the list is cut, those whose checksum would have been listed before."""
        listed: dict[bytes, Object] = {}
        cut: Unreachable | None = None
        try:
            for page in self._bucket.pages(_prefix(source)):
                listed.update((item.key, item) for item in page)
        except Unreachable as reason:
            cut = reason
        beside = {key.lower(): item for key, item in listed.items() if key.lower().endswith(SHA256.encode())}
        last = max(listed, default=b"")
        for item in _deliveries(listed.values(), source):
            if cut is None or item.key + SHA256.encode() < last:
                yield self._file(item, source, beside)
        if cut:
            raise cut

    def bookmark(self, source: Source) -> Bookmark:
        return {}

    def taken(self, source: Source, file: Found) -> None:
        """Objects stay: a department sees what it sent."""

    def test(self, source: Source) -> str:
        pages = list(islice(self._bucket.pages(_prefix(source)), 2))
        count = sum(1 for _ in _deliveries(pages[0], source))
        more = " or more" if len(pages) > 1 else ""
        return f"{count:,} files{more}"

    def close(self) -> None:
        self._bucket.close()

    def _file(self, item: Object, source: Source, beside: Mapping[bytes, Object]) -> Found:
        digest = beside.get(item.key.lower() + SHA256.encode())
        return Found(
            channel=self._name,
            department=source.department,
            name=f"{source.department}/{_below(item, source)}",
            size=item.size,
            modified_at=utc_text(item.modified_at),
            open=functools.partial(self._opened, item),
            change=item.etag,
            is_versioned=item.is_pinned,
            checksum=functools.partial(self._checksum, digest) if digest else None,
            problem=limits().oversize(item.size),
        )

    @contextmanager
    def _opened(self, item: Object) -> Iterator[BinaryIO]:
        """What does not come as it is listed and is listed so still did not change: to wait for a later look would be
        to wait for ever."""
        with Resuming(functools.partial(self._bucket.read, item), item.size) as stream:
            try:
                yield cast(BinaryIO, stream)
            except Changed:
                if self._bucket.lists(item):
                    raise Unreachable("it lists an object that it does not give as it lists it") from None
                raise

    def _checksum(self, item: Object) -> str:
        try:
            with self._opened(item) as stream:
                return sha256_told(stream.read(SIDECAR_BYTES))
        except (Changed, PermissionError):
            return ""


def _prefix(source: Source) -> bytes:
    """Ends with a slash: `edu` is another department's than `edu2`."""
    prefix = cast(Place, source.place).prefix.strip("/")
    return f"{prefix}/".encode() if prefix else b""


def _below(item: Object, source: Source) -> str:
    return legible(item.key[len(_prefix(source)) :])


def _deliveries(objects: Iterable[Object], source: Source) -> Iterator[Object]:
    """Without what is no delivery by its name: marks of folders, checksums, what is hidden or still being copied."""
    pattern = cast(Place, source.place).pattern
    for item in objects:
        folders = _below(item, source).split("/")
        is_folder = folders[-1] == "" and item.size == 0
        is_aside = is_folder or is_sidecar(folders[-1]) or any(is_temporary(name) for name in folders if name != ".")
        if not is_aside and fnmatchcase(folders[-1], pattern):
            yield item
