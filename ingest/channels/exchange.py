"""The exchange interface as its client sees it (`exchange.yaml`): lists of deliveries, contents, pages of records.

An answer that is not as the document says is told by where and how, never by what stands there. Which delivery is new,
and what becomes of it, is not here; how requests travel is `http_client`. Ends at deliveries, bytes and records.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, Self, TypeVar, cast

import stamina
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WrapValidator, model_validator

from ingest.channels import Changed, Unreachable
from ingest.channels.http_client import Client, body
from ingest.channels.http_stream import Body

if TYPE_CHECKING:
    import httpx

_T = TypeVar("_T")
_P = TypeVar("_P", bound="_Page")
_TRIES, _TRIES_SECONDS = 4, 30
_ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{1,200}"')
_SURPLUS = 100
"""So many more entries than twice their number only an endless list shows."""
_INT64 = 2**63


class Flaw(BaseModel):
    """A delivery that is not as the document says, by place and kind of the first fault."""

    fault: str


def _or_flaw(value: Any, handler: Callable[[Any], Any]) -> Any:
    try:
        return handler(value)
    except ValidationError as error:
        return Flaw(fault=_fault(error))


def _moment(text: Any) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("a time with its zone")
    return moment


Moment = Annotated[dt.datetime, BeforeValidator(_moment)]
Cursor = Annotated[str, Field(min_length=1, max_length=1000)]
Count = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]


class _Answer(BaseModel):
    """Members that the document does not know are left alone: it may grow."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Delivery(_Answer):
    """A file with its name and size, or a dataset's records of a period with their total."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$")]
    kind: Literal["file", "records"]
    name: str | None = None
    dataset: Text | None = None
    unit: Text | None = None
    period: Text | None = None
    modified_at: Moment
    version: Annotated[str, Field(pattern=r"^[\x21\x23-\x7e]{1,200}$")]
    size: Count | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    total: Count | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed = ("name", "size") if self.kind == "file" else ("dataset", "period", "total")
        for name in needed:
            if getattr(self, name) is None:
                raise ValueError(f"{self.kind} without {name}")
        if (self.dataset is None) != (self.period is None):
            raise ValueError("dataset and period belong together")
        return self


class _Page(_Answer):
    total: Count
    next: Cursor | None

    @property
    def length(self) -> int:
        raise NotImplementedError


class DeliveryPage(_Page):
    as_of: Moment
    deliveries: list[Annotated[Delivery | Flaw, WrapValidator(_or_flaw)]]

    @property
    def length(self) -> int:
        return len(self.deliveries)


class Record(_Answer):
    id: Annotated[int, Field(ge=-_INT64, lt=_INT64)] | Annotated[str, Field(min_length=1, max_length=200)]
    data: dict[str, Any]


class RecordPage(_Page):
    records: list[Record]

    @property
    def length(self) -> int:
        return len(self.records)


class Listing:
    """One look at a list. `as_of` and `state` are known with its first page: the other side's time, and its word for
    the whole list. `known_state`: that of a look before."""

    def __init__(self, client: Client, path: str, query: dict[str, str], known_state: str | None = None) -> None:
        self._client = client
        self._path = path
        self._query = query
        self._known_state = known_state
        self._states: set[str] = set()
        self.as_of: dt.datetime | None = None
        self.state: str | None = None

    def first(self) -> DeliveryPage | None:
        """The first page alone; null where nothing changed."""
        headers = {"If-None-Match": self._known_state} if self._known_state else {}
        with self._client.answer(self._path, self._query, headers, (200, 304) if headers else (200,)) as answer:
            if answer.status_code == 304:
                return None
            page = self._parsed(answer)
        self.as_of = page.as_of
        self.state = next(iter(self._states), None)
        return page

    def deliveries(self) -> Iterator[Delivery]:
        """Each once, none where nothing changed; at the end `Unreachable` where they are not as many as their total
        says, or some are not as they should."""
        first = self.first()
        if first is None:
            return
        shown: dict[str, Delivery] = {}
        flaws: list[Flaw] = []
        totals = set()
        for page in _pages(lambda cursor: self._after(cursor) if cursor else first):
            totals.add(page.total)
            flaws += [entry for entry in page.deliveries if isinstance(entry, Flaw)]
            for entry in page.deliveries:
                if isinstance(entry, Delivery) and shown.get(entry.id) != entry:
                    shown[entry.id] = entry
                    yield entry
        if len(totals) > 1 or len(self._states) > 1:
            raise Unreachable("the list changed while it was read")
        _hold_against_total("the list", len(shown) + len(flaws), first.total)
        if flaws:
            raise Unreachable(
                f"{len(flaws):,} of {first.total:,} deliveries are not as exchange.yaml says: {flaws[0].fault}",
                is_passing=False,
            )

    def _after(self, cursor: str) -> DeliveryPage:
        def page() -> DeliveryPage:
            with self._client.answer(self._path, self._query | {"cursor": cursor}, {}, (200,)) as answer:
                return self._parsed(answer)

        return _again(page)

    def _parsed(self, answer: httpx.Response) -> DeliveryPage:
        page = _checked(lambda: DeliveryPage.model_validate_json(body(answer)), "the list")
        state = answer.headers.get("etag", "")
        self._states |= {state} if _ENTITY_TAG.fullmatch(state) else set()
        return page


def records(client: Client, path: str, delivery: Delivery, page_size: int) -> Iterator[list[Record]]:
    """The pages of a delivery's records; some may stand on several. Raises `Changed` where it is another version by
    now, `Unreachable` where the pages know another number than the list or have no end."""

    def page_of(cursor: str | None) -> RecordPage:
        query = {"limit": str(page_size)} | ({"cursor": cursor} if cursor else {})

        def page() -> RecordPage:
            with _version(client, f"{path}/{delivery.id}/records", query, {}, delivery.version) as answer:
                text = body(answer)
            return _checked(lambda: RecordPage.model_validate(_strict_json(text)), "a page of records")

        return _again(page)

    for page in _pages(page_of):
        _hold_against_total("the list", delivery.total or 0, page.total)
        yield page.records


@contextmanager
def content(client: Client, path: str, delivery: Delivery, offset: int) -> Iterator[BinaryIO]:
    """A file's bytes from an offset on. Raises `Changed` where it is another version or another size by now,
    `PermissionError` where it is not for us."""
    size = delivery.size or 0
    headers = {"Range": f"bytes={offset}-"} if offset else {}
    with _version(client, f"{path}/{delivery.id}/content", {}, headers, delivery.version) as answer:
        if answer.status_code == 206:
            is_listed = answer.headers.get("content-range") == f"bytes {offset}-{size - 1}/{size}"
        else:
            is_listed = answer.headers.get("content-length", str(size)) == str(size)
        if not is_listed:
            raise Changed("another length")
        stream = Body(answer)
        if answer.status_code == 200:
            _skip(stream, offset)
        yield cast(BinaryIO, stream)


@contextmanager
def _version(
    client: Client, path: str, query: dict[str, str], headers: dict[str, str], version: str
) -> Iterator[httpx.Response]:
    """An answer that holds a delivery's version, and no other."""
    known = (200, 206, 403, 404, 410, 412) if "Range" in headers else (200, 403, 404, 410, 412)
    with client.answer(path, query, headers | {"If-Match": f'"{version}"'}, known) as answer:
        if answer.status_code == 403:
            raise PermissionError("the server gives us no right to a delivery")
        if answer.status_code >= 400:
            raise Changed("another version, or none any more")
        tag = answer.headers.get("etag")
        if tag is None:
            raise Unreachable("an answer bears no ETag, so that nobody knows its version", is_passing=False)
        if tag.removeprefix("W/") != f'"{version}"':
            raise Changed("another version")
        yield answer


def _pages(page_of: Callable[[str | None], _P]) -> Iterator[_P]:
    """Page after page; `Unreachable` where they have no end."""
    entries, cursor = 0, None
    while True:
        page = page_of(cursor)
        yield page
        entries += page.length
        cursor = page.next
        if cursor is None:
            return
        if page.length == 0 or entries > 2 * page.total + _SURPLUS:
            raise Unreachable("the pages have no end: each leads to another", is_passing=False)


def _hold_against_total(what: str, count: int, total: int) -> None:
    if count != total:
        raise Unreachable(f"{what} shows {count:,} where its total says {total:,}", is_passing=False)


def _skip(stream: Body, offset: int) -> None:
    """Over what came before, where the other side begins anew."""
    while offset and (piece := stream.read(min(offset, 1 << 16))):
        offset -= len(piece)


def _again(page: Callable[[], _T]) -> _T:
    """A page after the first is tried for itself: what came before it need not come again."""
    for attempt in stamina.retry_context(_is_passing, attempts=_TRIES, timeout=_TRIES_SECONDS):
        with attempt:
            return page()
    raise AssertionError("the last attempt raises")


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.is_passing


def _checked(parsed: Callable[[], _T], what: str) -> _T:
    try:
        return parsed()
    except ValidationError as error:
        fault = _fault(error)
    except (ValueError, RecursionError):
        fault = "no JSON, or a name that stands twice"
    raise Unreachable(f"{what} is not as exchange.yaml says: {fault}", is_passing=False)


def _fault(error: ValidationError) -> str:
    """Where and what kind, without the value; keys of records may be anything, and are not named."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"][:4] if isinstance(step, int) or step in _MEMBERS)
    return f"{where or 'the answer'}: {first['type']}"


def _strict_json(text: bytes) -> Any:
    def no_number(constant: str) -> float:
        raise ValueError(constant)

    return json.loads(text, object_pairs_hook=_members, parse_constant=no_number)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


_MEMBERS = {name for kind in (Delivery, DeliveryPage, Record, RecordPage) for name in kind.model_fields}
