"""Signature Version 4, by which object stores know who asks; of requests without a body.

Which request is sent is `s3_bucket`. Ends at headers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from warehouse.vocabulary.secret import Secret

_EMPTY = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class Login:
    """`session_token`: of a login that ends, as a store's token service gives them."""

    access_key: Secret
    secret_key: Secret
    session_token: Secret | None
    region: str


@dataclass(frozen=True)
class Asked:
    """A GET. `path`: as it is sent, percent-encoded; `query`: not encoded, keys of objects as bytes."""

    host: str
    path: str
    query: Sequence[tuple[str, str | bytes]] = ()

    @property
    def encoded_query(self) -> str:
        pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in self.query)
        return "&".join(f"{name}={value}" for name, value in pairs)


def headers(asked: Asked, login: Login, moment: dt.datetime) -> dict[str, str]:
    """What is to be sent along. `moment` is aware; secrets are read now, so that one that was renewed counts at once
    (`OperatorError` where one is missing)."""
    stamp = moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    signed = {"host": asked.host, "x-amz-content-sha256": _EMPTY, "x-amz-date": stamp}
    if login.session_token:
        signed["x-amz-security-token"] = login.session_token.reveal()
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    request = "\n".join(("GET", asked.path, asked.encoded_query, lines, names, _EMPTY))
    scope = f"{stamp[:8]}/{login.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{login.secret_key.reveal()}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{login.access_key.reveal()}/{scope}"
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return signed | {"authorization": authorization}
