"""A bucket of an object store that speaks S3: lists its objects and reads them, and nothing else.

Spoken here rather than by a library, since those that there are follow redirects to other hosts, take addresses and
tokens from the environment, and give no list at all of a bucket in which a single key is no clean path. What objects
are to the house is `object_storage`. Ends at objects and their bytes.
"""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import quote, unquote_to_bytes

import stamina

from ingest.channels import Changed, Unreachable
from ingest.channels.http_stream import Body, client, reaching
from ingest.channels.s3_signature import Asked, Login, headers
from warehouse.vocabulary import clock

if TYPE_CHECKING:
    import httpx

_PAGE_BYTES = 16 << 20
"""No page of 1,000 objects is longer: keys have 1,024 bytes, three times as many where each is encoded."""
_BARREN_PAGES = 10
"""So many pages in a row without an object that is new: the list does not end."""
_FINAL = {
    "AccessDenied": "the login may not do this: ask for the right to list the bucket and to read its objects",
    "InvalidAccessKeyId": "the access key is not known there",
    "SignatureDoesNotMatch": "the secret key, the region or virtual_hosted is not as it should be",
    "AuthorizationHeaderMalformed": "the region is not the bucket's",
    "ExpiredToken": "the session token has expired: renew it",
    "InvalidToken": "the session token is refused: renew it",
    "RequestTimeTooSkewed": "its clock and this machine's differ by minutes: set them",
    "NoSuchBucket": "there is no such bucket",
}
"""Refusals that another try does not mend."""
_CODE = re.compile(r"[A-Za-z]{1,60}")
_PART = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(frozen=True)
class Object:
    """`key`: its bytes, whatever they are; `modified_at`: the store's, in seconds; `etag`: in quotes, empty where the
    store gives none."""

    key: bytes
    size: int
    modified_at: float
    etag: str

    @property
    def is_pinned(self) -> bool:
        """Whether the tag is another with every content; a weak one is not, and matches nothing."""
        return self.etag.startswith('"')


@dataclass(frozen=True)
class _Page:
    objects: list[Object]
    following: dict[str, str | bytes]
    """What asks for the next page; empty at the end."""


@dataclass(frozen=True)
class Address:
    """`endpoint`: scheme and host. `virtual_hosted`: the bucket is a part of the host's name, not of the path."""

    endpoint: str
    bucket: str
    virtual_hosted: bool
    ca_file: Path | None

    @property
    def scheme(self) -> str:
        return self.endpoint.partition("://")[0]

    @property
    def host(self) -> str:
        """With its port, where that is said."""
        host = self.endpoint.partition("://")[2].rstrip("/").lower()
        return f"{self.bucket}.{host}" if self.virtual_hosted else host

    def path(self, key: bytes = b"") -> str:
        return quote(b"/" + key if self.virtual_hosted else f"/{self.bucket}/".encode() + key, safe="/-_.~")


class Bucket:
    """For all threads. Without a login it asks as anybody may."""

    def __init__(self, address: Address, login: Login | None) -> None:
        self._address = address
        self._login = login

    def pages(self, prefix: bytes) -> Iterator[list[Object]]:
        """Every object below a prefix once, in pages of up to 1,000, whatever else is listed; raises `Unreachable`."""
        known: set[bytes] = set()
        barren, following = 0, dict[str, str | bytes]()
        while barren < _BARREN_PAGES:
            page = self._page(prefix, following)
            below = (item for item in page.objects if item.key.startswith(prefix))
            new = [item for item in below if item.key not in known]
            known |= {item.key for item in new}
            barren = 0 if new else barren + 1
            yield new
            if not page.following:
                return
            following = page.following
        raise Unreachable("its list does not end: it gives the same pages again and again", is_passing=False)

    @contextmanager
    def read(self, item: Object, at: int = 0) -> Iterator[BinaryIO]:
        """An object's bytes from an offset on. `Changed` where it is another by now or gone, `PermissionError` where it
        may not be read, `Unreachable`."""
        wanted = {"Range": f"bytes={at}-"} if at else {}
        if item.is_pinned:
            wanted["If-Match"] = item.etag
        with self._answer(self._address.path(item.key), {}, wanted) as answer:
            _expect(answer, item, at)
            yield cast(BinaryIO, Body(answer))

    def lists(self, item: Object) -> bool:
        """Whether an object is listed as it was before."""
        listed = next(iter(self.pages(item.key)))
        return any((other.key, other.etag, other.size) == (item.key, item.etag, item.size) for other in listed)

    def close(self) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    @cached_property
    def _client(self) -> httpx.Client:
        return client(self._address.ca_file)

    def _page(self, prefix: bytes, following: Mapping[str, str | bytes]) -> _Page:
        """A page; one in the midst of a list is asked for again where that may help, so that stores that ask for
        patience are not listed from the start each time."""
        attempts = 3 if following else 1
        for attempt in stamina.retry_context(_is_passing, attempts=attempts, timeout=15):
            with attempt:
                query = {"list-type": "2", "encoding-type": "url", "prefix": prefix, **following}
                with self._answer(self._address.path().rstrip("/") or "/", query, {}) as answer:
                    if answer.status_code != 200:
                        raise _refused(answer)
                    return _page(_document(answer, _PAGE_BYTES))
        raise AssertionError("a retry ends by a page or by what refused it")

    @contextmanager
    def _answer(
        self, path: str, query: Mapping[str, str | bytes], wanted: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        """The answer, whatever its status, while it is read; the target goes out as it was signed, dots and all."""
        asked = Asked(self._address.host, path, tuple(query.items()))
        sent = headers(asked, self._login, clock.now()) if self._login else {}
        target = f"{path}?{asked.encoded_query}" if query else path
        with reaching():
            request = self._client.build_request(
                "GET",
                f"{self._address.scheme}://{self._address.host}/",
                headers={**wanted, **sent},
                extensions={"target": target.encode()},
            )
            answer = self._client.send(request, stream=True)
        try:
            yield answer
        finally:
            answer.close()


def _page(document: ElementTree.Element) -> _Page:
    """`Unreachable` where it is not what a store would answer."""
    decode = _decoded if document.findtext("{*}EncodingType") == "url" else str.encode
    try:
        objects = [
            Object(
                key=decode(_text(entry, "Key")),
                size=int(_text(entry, "Size")),
                modified_at=dt.datetime.fromisoformat(_text(entry, "LastModified")).timestamp(),
                etag=_quoted(entry.findtext("{*}ETag") or ""),
            )
            for entry in document.iterfind("{*}Contents")
        ]
        count = int(document.findtext("{*}KeyCount") or len(objects))
    except ValueError:
        raise Unreachable("its list holds what no object store says of an object") from None
    if count != len(objects):
        raise Unreachable("its list holds another number of objects than it says")
    if document.findtext("{*}IsTruncated") != "true":
        return _Page(objects, {})
    return _Page(objects, _following(document, objects, decode is _decoded))


def _following(document: ElementTree.Element, objects: list[Object], is_encoded: bool) -> dict[str, str | bytes]:
    """Stores that know the first version of lists only go on after a key."""
    if token := document.findtext("{*}NextContinuationToken"):
        return {"continuation-token": token}
    marker = document.findtext("{*}NextMarker") or ""
    after = _decoded(marker) if is_encoded else marker.encode()
    after = after or (objects[-1].key if objects else b"")
    if not after:
        raise Unreachable("its list breaks off: it says that there is more, and not where")
    return {"marker": after}


def _text(entry: ElementTree.Element, name: str) -> str:
    text = entry.findtext(f"{{*}}{name}")
    if not text:
        raise ValueError(name)
    return text


def _decoded(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))


def _quoted(etag: str) -> str:
    return f'"{etag}"' if etag and not etag.startswith(('"', "W/")) else etag


def _document(answer: httpx.Response, most: int) -> ElementTree.Element:
    """The XML of an answer; `Unreachable` where it is none, or longer."""
    content = bytearray()
    body = Body(answer)
    while piece := body.read(1 << 16):
        content += piece
        if len(content) > most:
            raise Unreachable("its answer is longer than any of an object store")
    try:
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise ElementTree.ParseError
        return ElementTree.fromstring(bytes(content))
    except ElementTree.ParseError:
        raise Unreachable("its answer is not that of an object store") from None


def _expect(answer: httpx.Response, item: Object, at: int) -> None:
    """Raises unless the answer is the object that was listed, from the offset on."""
    if answer.status_code not in (200, 206):
        raise _unread(answer)
    etag = answer.headers.get("etag")
    if etag and item.etag and etag.removeprefix("W/").strip('"') != item.etag.removeprefix("W/").strip('"'):
        raise Changed("another version by now")
    part = _PART.fullmatch(answer.headers.get("content-range", ""))
    if at and (part is None or int(part[1]) != at):
        raise Unreachable("it does not go on where it was asked to")
    size = int(part[2]) if part else answer.headers.get("content-length", item.size)
    if int(size) != item.size:
        raise Unreachable("it sends an object of another length than it lists")


def _unread(answer: httpx.Response) -> Exception:
    if answer.status_code in (404, 412, 416):
        return Changed("gone, or another version by now")
    code = _code(answer)
    if answer.status_code == 403 and code in ("AccessDenied", "InvalidObjectState"):
        return PermissionError(f"the store refuses this object ({code})")
    return _refused(answer, code)


def _refused(answer: httpx.Response, code: str | None = None) -> Unreachable:
    """What an answer means that is not what was asked for; its text stays out, since it may hold anything."""
    status = answer.status_code
    if 300 <= status < 400:
        return Unreachable(
            "it sends elsewhere, which is not followed: write the endpoint and region of the bucket", is_passing=False
        )
    code = _code(answer) if code is None else code
    if code in _FINAL:
        return Unreachable(_FINAL[code], is_passing=False)
    told = f"{status} {code}".strip()
    return Unreachable(f"it answers {told}", is_passing=status >= 500 or status in (408, 429))


def _code(answer: httpx.Response) -> str:
    """The store's word for what is wrong; empty where it says none."""
    try:
        text = _document(answer, 1 << 16).findtext("{*}Code") or ""
    except Unreachable:
        return ""
    return text if _CODE.fullmatch(text) else ""


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.is_passing
