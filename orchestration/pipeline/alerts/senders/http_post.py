"""Posts JSON to a webhook, a second time where the other side was out of breath. Ends at the JSON of its answer.

Addresses hold keys: none stands in a sentence, and no redirect is followed, which would carry one elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from orchestration.pipeline.alerts.senders import SECONDS, Refused

_ATTEMPTS = 3
_PAUSE_SECONDS = 0.3
_TOO_MANY = 429


class _Again(Refused):
    """It may go better in a moment."""


def post(url: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What was answered, an empty one where it is no JSON; `Refused` for all but success."""
    import stamina

    again = stamina.retry_context(
        on=_Again,
        attempts=_ATTEMPTS,
        timeout=2 * SECONDS,
        wait_initial=_PAUSE_SECONDS,
        wait_jitter=_PAUSE_SECONDS,
    )
    for attempt in again:
        with attempt:
            return _post(url, content, headers or {})
    raise AssertionError("the last attempt returns or raises")


def _post(url: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    import httpx

    with _told():
        answer = httpx.post(url, json=dict(content), headers=dict(headers), timeout=SECONDS)
    if answer.status_code >= 500 or answer.status_code == _TOO_MANY:
        raise _Again(f"the server answers {answer.status_code}")
    if not answer.is_success:
        raise Refused(f"the server answers {answer.status_code}")
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


@contextmanager
def _told() -> Iterator[None]:
    """The library's errors quote the address: their kind alone is told."""
    import httpx

    try:
        yield
    except httpx.TimeoutException:
        raise Refused(f"no answer within {SECONDS:g} s") from None
    except httpx.ConnectError as error:
        raise _Again(f"no connection ({_cause(error)})") from None
    except httpx.TransportError as error:
        raise _Again(f"the connection broke ({type(error).__name__})") from None
    except (httpx.InvalidURL, UnicodeError):
        raise Refused("its address is none") from None


def _cause(error: BaseException) -> str:
    """What the system says of it: connection refused, name not known, certificate not trusted."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return getattr(error, "strerror", None) or getattr(error, "verify_message", None) or type(error).__name__
