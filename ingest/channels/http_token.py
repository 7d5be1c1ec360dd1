"""Who we are to a server that wants a token: a fixed one, or one that its token endpoint gives for a while.

Ends at the value of the header `Authorization`.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Protocol

from ingest.channels import Unreachable
from ingest.channels.http_settings import OAuth
from warehouse.vocabulary.secret import Secret

Post = Callable[[str, tuple[str, str], dict[str, str]], tuple[int, bytes]]
"""Address, name and password, form → status and body."""

_TOKEN = re.compile(r"[\x21-\x7e]+")
_EARLY_SECONDS = 30
"""So long before it ends a token is renewed."""
_UNTOLD_SECONDS = 300.0


class Authorization(Protocol):
    def header(self) -> str | None:
        """Its value; raises `Unreachable`."""
        ...

    def renewed(self, refused: str | None) -> bool:
        """Whether it makes sense to ask once more after this value was refused."""
        ...


class Anonymous:
    def header(self) -> str | None:
        return None

    def renewed(self, refused: str | None) -> bool:
        return False


class FixedToken:
    def __init__(self, token: Secret) -> None:
        self._token = token

    def header(self) -> str | None:
        return _bearer(self._token.reveal(), "the token holds what no token does: compare it with the department's")

    def renewed(self, refused: str | None) -> bool:
        return False


class ClientCredentials:
    """One token for all threads."""

    def __init__(self, oauth: OAuth, post: Post) -> None:
        self._oauth = oauth
        self._post = post
        self._lock = threading.Lock()
        self._header: str | None = None
        self._ends = 0.0

    def header(self) -> str | None:
        with self._lock:
            if self._header is None or time.monotonic() >= self._ends:
                self._header, seconds = self._granted()
                self._ends = time.monotonic() + max(0.0, seconds - _EARLY_SECONDS)
            return self._header

    def renewed(self, refused: str | None) -> bool:
        with self._lock:
            if self._header == refused:
                self._header = None
        return True

    def _granted(self) -> tuple[str, float]:
        form = {"grant_type": "client_credentials"}
        if self._oauth.scope:
            form["scope"] = self._oauth.scope
        secret = self._oauth.client_secret.reveal()
        status, body = self._post(self._oauth.token_url, (self._oauth.client_id, secret), form)
        if status >= 500 or status == 429:
            raise Unreachable(f"the token endpoint answers {status}")
        if status != 200:
            raise Unreachable(
                f"the token endpoint refuses our client_id or client_secret ({status}): get new ones from the "
                "department",
                is_passing=False,
            )
        try:
            answer = json.loads(body)
            token, seconds = answer["access_token"], float(answer.get("expires_in", _UNTOLD_SECONDS))
        except (ValueError, TypeError, KeyError, AttributeError):
            token, seconds = None, 0.0
        return _bearer(token, "the token endpoint gives no access_token"), seconds


def _bearer(token: object, refusal: str) -> str:
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise Unreachable(refusal, is_passing=False)
    return f"Bearer {token}"
