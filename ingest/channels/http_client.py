"""Requests to one department's server: to declared hosts only, as politely as agreed, and with every failure told in
a sentence.

What is asked and what answers mean is `exchange`. Ends at answers with a status that the caller knows.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.channels import Unreachable, http_stream
from ingest.channels.http_pace import Pace
from ingest.channels.http_settings import Settings, host_of
from ingest.channels.http_stream import Body, Certificate, reaching
from ingest.channels.http_token import Anonymous, Authorization, ClientCredentials, FixedToken
from ingest.limits import MB

if TYPE_CHECKING:
    import httpx

_BODY_MB = 8
_REDIRECTS, _PUT_OFFS = 5, 2
_SENTENCES = {
    400: "the server refuses the request (400): it does not offer what exchange.yaml describes",
    401: "the server refuses who we are (401): the token is wrong or has expired; get a new one from the department",
    403: "the server gives us no right to the list (403): ask the department for it",
    404: "the server knows no such address (404): compare url and path with the department's",
}


class Client:
    """Of one connection, for all its threads; nothing is reached for before the first request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pace = Pace(settings.requests_per_second)
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._authorization = self._authorized()

    @property
    def host(self) -> str:
        name, port = self._settings.host or ("", 0)
        return f"{name}:{port}"

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    @contextmanager
    def answer(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str], known: tuple[int, ...]
    ) -> Iterator[httpx.Response]:
        """An answer of one of the `known` statuses, its body unread; `path` below the connection's address. Any other
        is `Unreachable`."""
        import httpx

        url = httpx.URL(f"{self._settings.url.rstrip('/')}/{path}", params=dict(query) or None)
        with reaching():
            response = self._asked(url, headers)
        try:
            if response.status_code not in known:
                raise _refusal(response.status_code)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Unreachable("the server packs its answers although we accept none packed", is_passing=False)
            yield response
        finally:
            response.close()

    def _asked(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        """The first answer that neither leads elsewhere, nor puts off, nor can be mended by a new token."""
        redirects = put_offs = 0
        is_renewed = False
        while True:
            authorization = self._authorization.header() if host_of(str(url)) == self._settings.host else None
            self._pace.wait()
            request = self._http.build_request("GET", url, headers={**headers, **_bearing(authorization)})
            response = self._http.send(request, stream=True)
            if response.has_redirect_location and redirects < _REDIRECTS:
                redirects += 1
                url = self._followed(url, response)
            elif response.status_code in (429, 503) and put_offs < _PUT_OFFS:
                put_offs += 1
                self._pace.rest(response.headers.get("retry-after"))
            elif response.status_code == 401 and not is_renewed and self._authorization.renewed(authorization):
                is_renewed = True
            else:
                return response
            response.close()

    def _followed(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        target = self._declared(url, response.headers["location"])
        if target is None:
            response.close()
            raise Unreachable(
                "the server redirects to a host that is not declared: ask the department why, and add it to hosts only "
                "where it is theirs",
                is_passing=False,
            )
        return target

    def _declared(self, url: httpx.URL, location: str) -> httpx.URL | None:
        """Where a redirect leads, if a request may go there."""
        import httpx

        try:
            target = url.join(location)
        except httpx.InvalidURL:
            return None
        is_weaker = (url.scheme, target.scheme) == ("https", "http")
        return target if self._settings.declares(str(target)) and not is_weaker else None

    def _post(self, url: str, who: tuple[str, str], form: dict[str, str]) -> tuple[int, bytes]:
        self._pace.wait()
        with self._http.stream("POST", url, auth=who, data=form) as response:
            return response.status_code, body(response)

    def _authorized(self) -> Authorization:
        if self._settings.token:
            return FixedToken(self._settings.token)
        return ClientCredentials(self._settings.oauth, self._post) if self._settings.oauth else Anonymous()

    @property
    def _http(self) -> httpx.Client:
        with self._lock:
            if self._opened is None:
                settings = self._settings
                ours = (
                    Certificate(settings.certificate, settings.key, settings.key_password)
                    if settings.certificate and settings.key
                    else None
                )
                self._opened = http_stream.client(settings.ca_file, ours)
            return self._opened


def body(response: httpx.Response) -> bytes:
    """All of an answer; `Unreachable` where it is too much to be held in memory."""
    stream, content = Body(response), bytearray()
    while piece := stream.read(MB):
        content += piece
        if len(content) > _BODY_MB * MB:
            raise Unreachable(
                f"an answer is larger than {_BODY_MB} MB: ask for smaller pages, see page_size", is_passing=False
            )
    return bytes(content)


def _bearing(authorization: str | None) -> dict[str, str]:
    return {"Authorization": authorization} if authorization else {}


def _refusal(status: int) -> Unreachable:
    if status in _SENTENCES:
        return Unreachable(_SENTENCES[status], is_passing=False)
    if status in (429, 503):
        return Unreachable(f"the server puts us off again and again ({status})")
    return Unreachable(f"the server answers {status}", is_passing=status >= 500 or status == 410)
