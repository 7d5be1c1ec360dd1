"""Who we are to a department's server, where requests go and how often: nothing leaves the declared hosts, and what is
refused is told in one sentence."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from demo.exchange import Answer
from ingest import connections
from ingest.channels import exchange, http_pace, http_stream, resuming
from tests.channels.authority import DAY, Authority
from tests.channels.exchange_world import (
    BESIDE,
    CONTENT,
    NAME,
    REACHED,
    TOKEN,
    World,
    exchange_world,
    put_many,
    spoiled,
    with_header,
)
from tests.channels.faulty_exchange import Faulty
from warehouse.vocabulary.errors import OperatorError

pytestmark = pytest.mark.channels


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with exchange_world(tmp_path, monkeypatch) as world:
        yield world


# Who we are.


def test_a_token_that_has_expired_is_told_in_one_sentence_and_not_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put()
    monkeypatch.setenv("CITY_TOKEN", "old-token")
    world.told["connections"]["beside"]["token"] = "${BESIDE_TOKEN}"
    monkeypatch.setenv("BESIDE_TOKEN", TOKEN)
    world.write()
    assert world.pull() == [BESIDE]
    assert world.state() == (
        "the server refuses who we are (401): the token is wrong or has expired; get a new one from the department",
        False,
    )
    assert world.server.paths() == ["deliveries"]
    monkeypatch.setenv("CITY_TOKEN", TOKEN)
    assert world.pull() == [f"CAB/{NAME}"]


def test_a_missing_secret_names_its_variable(world: World) -> None:
    world.connect(token="${NOT_SET_ANYWHERE}")
    assert world.pull() == [BESIDE]
    assert "NOT_SET_ANYWHERE" in world.state()[0]
    assert world.server.paths() == []


def granting(world: World, seconds: int = 3600) -> list[dict[str, str]]:
    forms: list[dict[str, str]] = []

    def grant(form: dict[str, str]) -> Answer:
        forms.append(form)
        name, _, secret = base64.b64decode(form["authorization"].removeprefix("Basic ")).decode().partition(":")
        if (name, secret, form["grant_type"]) != ("skills", "s3cret", "client_credentials"):
            return Answer(401)
        body = json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": seconds}).encode()
        return Answer(200, {"Content-Length": str(len(body))}, [body])

    world.server.grants = grant
    oauth = {"token_url": f"http://127.0.0.1:{world.server.port}/oauth/token", "client_id": "skills"}
    world.connect(token=None, oauth=oauth | {"client_secret": "${CITY_SECRET}"})
    return forms


def test_a_token_endpoint_is_asked_once_for_many_requests(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITY_SECRET", "s3cret")
    forms = granting(world)
    names = put_many(world, 4)
    assert world.pull() == sorted([*names, BESIDE])
    assert len(forms) == 1


def test_a_token_that_ends_meanwhile_is_renewed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITY_SECRET", "s3cret")
    forms = granting(world)
    world.put()
    spoiled(world, "/content", lambda answer: Answer(401), 1)
    assert f"CAB/{NAME}" in world.pull()
    assert len(forms) == 2


def test_a_wrong_secret_of_the_token_endpoint_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITY_SECRET", "wrong")
    forms = granting(world)
    assert world.pull() == [BESIDE]
    reason, is_passing = world.state()
    assert reason.startswith("the token endpoint refuses our client_id or client_secret (401)")
    assert not is_passing
    assert "wrong" not in reason
    assert len(forms) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b'{"access_token": 5}', b'{"access_token": "a b"}', b'{"token": "a"}'])
def test_a_token_endpoint_that_gives_none_is_told(world: World, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setenv("CITY_SECRET", "s3cret")
    granting(world)
    world.server.grants = lambda form: Answer(200, {"Content-Length": str(len(body))}, [body])
    assert world.pull() == [BESIDE]
    assert world.state() == ("the token endpoint gives no access_token", False)


@pytest.mark.parametrize("status", [429, 503])
def test_a_token_endpoint_that_is_busy_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("CITY_SECRET", "s3cret")
    forms = granting(world)
    grant = world.server.grants
    busy = [1]
    world.server.grants = lambda form: Answer(status) if busy and busy.pop() else grant(form)
    world.put()
    assert world.pull() == [f"CAB/{NAME}", BESIDE]
    assert len(forms) == 1


# Where we go.


def test_a_redirect_elsewhere_is_refused_and_nothing_goes_there(world: World) -> None:
    elsewhere = Faulty(world.exchange.answer)
    with elsewhere.serving() as url:
        for path in ("/deliveries", "/content"):
            world.put()
            spoiled(world, path, lambda answer: Answer(302, {"Location": f"{url}/deliveries"}))
            assert world.pull() in ([BESIDE], [])
            reason, is_passing = world.state()
            assert reason.startswith("the server redirects to a host that is not declared")
            assert not is_passing
    assert elsewhere.asked == []


@pytest.mark.parametrize("location", ["http://[", "http://u:p@127.0.0.1:1/", "file:///etc/passwd", "http://127.1/"])
def test_a_redirect_to_what_is_no_address_is_refused(world: World, location: str) -> None:
    spoiled(world, "/deliveries", lambda answer: Answer(307, {"Location": location}))
    assert world.pull() == [BESIDE]
    assert world.state()[0].startswith("the server redirects to a host that is not declared")


def test_a_declared_host_may_give_contents_and_never_sees_the_token(world: World) -> None:
    world.put()
    digest = hashlib.sha256(CONTENT).hexdigest()
    store = Faulty(lambda request: Answer(200, {"ETag": f'"{digest}"', "Content-Length": str(len(CONTENT))}, [CONTENT]))
    with store.serving() as url:
        world.connect(hosts=[f"127.0.0.1:{store.port}"])
        spoiled(world, "/content", lambda answer: Answer(302, {"Location": f"{url}/deliveries/1/content?signature=x"}))
        assert f"CAB/{NAME}" in world.pull()
        assert [request.headers.get("authorization") for request in store.asked] == [None]
    world.all_is_taken_once(CONTENT)


def test_redirects_in_a_circle_end(world: World) -> None:
    spoiled(world, "/deliveries", lambda answer: Answer(302, {"Location": "deliveries"}))
    assert world.pull() == [BESIDE]
    assert world.state() == ("the server answers 302", False)
    assert len(world.server.paths()) == 6


def test_the_machine_s_proxies_are_not_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        world.put()
        assert f"CAB/{NAME}" in world.pull()


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ({"url": "http://example.org/x", "plain_http": None}, "url must begin with https://"),
        ({"url": "ftp://example.org"}, "url must be https://"),
        ({"url": "https://a:b@example.org"}, "url must be https://"),
        ({"url": "https://example.org/?a=b"}, "url must be https://"),
        ({"url": "https://example.org:x/"}, "url must be https://"),
        ({"token": "plain-text"}, "must be a reference"),
        ({"hosts": ["https://x/"]}, "hosts must hold host"),
        ({"certificate": "a.pem"}, "certificate and key belong together"),
        ({"requests_per_second": 0}, "requests_per_second must be above 0"),
        ({"page_size": 0}, "page_size must be between"),
        ({"overlap_minutes": -1}, "overlap_minutes must not"),
        ({"token": None, "oauth": {"token_url": "https://other.org/t", "client_id": "a", "client_secret": "${B}"}},
         "oauth.token_url must begin"),
        ({"oauth": {"token_url": "https://other.org/t", "client_id": "a", "client_secret": "${B}"}}, "token and oauth"),
    ],
)  # fmt: skip
def test_settings_that_are_not_safe_are_refused(world: World, settings: dict[str, Any], refusal: str) -> None:
    world.connect(**settings)
    with pytest.raises(OperatorError, match=r"connections\.city") as refused:
        connections.connections()
    assert refusal in str(refused.value)
    assert "plain-text" not in str(refused.value)


@pytest.mark.parametrize("path", ["../x", "a/../b", "a//b", "a?b", "a b", "a#b", "."])
def test_places_that_lead_elsewhere_are_refused(world: World, path: str) -> None:
    world.told["feeds"]["CAB"]["path"] = path
    world.write()
    with pytest.raises(OperatorError, match=r"feeds\.CAB"):
        connections.connections()


# When we ask.


def test_a_server_that_puts_off_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(http_pace.time, "sleep", slept.append)
    world.put()
    spoiled(world, "/deliveries", lambda answer: Answer(429, {"Retry-After": "20"}), 1)
    assert f"CAB/{NAME}" in world.pull()
    assert any(19 < seconds <= 20 for seconds in slept)
    assert world.state() == REACHED


@pytest.mark.parametrize("retry_after", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_server_that_puts_off_for_long_is_not_asked_again_in_the_look(world: World, retry_after: str) -> None:
    world.put()
    spoiled(world, "/deliveries", lambda answer: Answer(503, {"Retry-After": retry_after}))
    assert world.pull() == [BESIDE]
    reason, is_passing = world.state()
    assert reason.startswith("the server asks to be left alone for ")
    assert is_passing
    assert world.server.paths() == ["deliveries"]
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [f"CAB/{NAME}"]


@pytest.mark.parametrize("retry_after", ["soon", "", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_server_that_puts_off_again_and_again_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, retry_after: str
) -> None:
    monkeypatch.setattr(http_pace, "_UNTOLD_SECONDS", 0.001)
    spoiled(world, "/deliveries", lambda answer: Answer(429, {"Retry-After": retry_after}))
    assert world.pull() == [BESIDE]
    assert world.state() == ("the server puts us off again and again (429)", True)


def test_no_more_is_asked_in_a_second_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr(http_pace.time, "monotonic", lambda: moment[0])
    monkeypatch.setattr(http_pace.time, "sleep", lambda seconds: moment.__setitem__(0, moment[0] + seconds))
    pace = http_pace.Pace(4)
    for _ in range(9):
        pace.wait()
    assert moment == [102.0]


@pytest.mark.parametrize(("status", "is_passing"), [(500, True), (502, True), (400, False), (404, False), (403, False)])
def test_an_answer_that_is_none_is_told(world: World, status: int, is_passing: bool) -> None:
    spoiled(world, "/deliveries", lambda answer: Answer(status))
    assert world.pull() == [BESIDE]
    reason, passes = world.state()
    assert str(status) in reason
    assert passes == is_passing
    assert len(world.server.paths()) == (2 if is_passing else 1)


def test_what_cannot_be_reached_is_told_and_the_other_is_taken(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    world.connect(url=f"http://127.0.0.1:{port}/exchange/v1")
    assert world.pull() == [BESIDE]
    assert world.state() == ("no connection: the server refuses it, or its name is not known", True)


@pytest.mark.parametrize("path", ["/deliveries", "/content", "/records"])
def test_a_silent_server_keeps_nobody_waiting(world: World, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(http_stream, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(resuming, "TRIES", 1)
    monkeypatch.setattr(exchange, "_TRIES", 1)

    def silent(answer: Answer) -> Answer:
        def body() -> Iterator[bytes]:
            time.sleep(0.4)
            yield b""

        return replace(answer, body=body())

    world.put()
    world.put_records(period="2025-12")
    spoiled(world, path, silent)
    assert BESIDE in world.pull()
    reason, is_passing = world.state()
    assert reason.startswith("silent for")
    assert is_passing


@pytest.mark.parametrize("path", ["/deliveries", "/content"])
def test_a_server_that_gives_drop_by_drop_is_left(world: World, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(http_stream, "SILENCE_SECONDS", 0.15)

    def dripping(answer: Answer) -> Answer:
        def body() -> Iterator[bytes]:
            for byte in b"".join(answer.body):
                time.sleep(0.01)
                yield bytes([byte])

        return replace(answer, body=body())

    world.put()
    spoiled(world, path, dripping)
    assert world.pull() == [BESIDE]
    assert world.state() == ("it sends less than 1,000 bytes a second", False)


def test_packed_answers_are_read_as_they_came_and_refused(world: World) -> None:
    world.put()
    spoiled(world, "/deliveries", with_header(**{"Content-Encoding": "gzip"}))
    assert world.pull() == [BESIDE]
    assert world.state()[0] == "the server packs its answers although we accept none packed"


# Certificates.


@dataclass
class Secured:
    """The world's server with TLS, by an authority that the settings trust."""

    world: World
    authority: Authority
    folder: Path

    def pull(
        self, issued: Any, *, asks_clients: bool = False, **settings: object
    ) -> tuple[list[str], tuple[str, bool]]:
        context = self.authority.server(issued, asks_clients=asks_clients)
        with self.world.server.serving(context) as url:
            self.world.connect(url=url, plain_http=None, **{"ca_file": str(self.authority.file)} | settings)
            return self.world.pull(), self.world.state()


@pytest.fixture
def secured(world: World, tmp_path: Path) -> Secured:
    folder = tmp_path / "certificates"
    folder.mkdir()
    world.put()
    return Secured(world, Authority(folder), folder)


TAKEN = [f"CAB/{NAME}", BESIDE]


def test_a_server_of_the_named_authority_is_trusted(secured: Secured) -> None:
    assert secured.pull(secured.authority.issue("server")) == (TAKEN, REACHED)


def test_a_server_that_nobody_vouches_for_is_not(secured: Secured) -> None:
    issued = secured.authority.issue("server")
    for ca_file in (None, str(Authority(secured.folder, "another").file)):
        names, (reason, is_passing) = secured.pull(issued, ca_file=ca_file)
        assert BESIDE in names or names == []
        assert f"CAB/{NAME}" not in names
        assert reason.startswith("its certificate is not trusted (")
        assert not is_passing
    assert secured.world.server.asked == [], "nothing was asked, and no token shown"


def test_another_host_s_certificate_and_an_ended_one_are_refused(secured: Secured) -> None:
    for issued, told in (
        (secured.authority.issue("elsewhere", "127.0.0.9"), "IP address mismatch"),
        (secured.authority.issue("ended", ended=DAY), "certificate has expired"),
    ):
        _, (reason, is_passing) = secured.pull(issued)
        assert told in reason
        assert not is_passing


def test_a_client_certificate_lets_us_in(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENT_PASSWORD", "geheim")
    ours = secured.authority.issue("client", password="geheim")
    settings = {"certificate": str(ours.certificate), "key": str(ours.key), "key_password": "${CLIENT_PASSWORD}"}
    issued = secured.authority.issue("server")
    assert secured.pull(issued, asks_clients=True, **settings) == (TAKEN, REACHED)


def test_without_the_right_client_certificate_nobody_is_let_in(
    secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_PASSWORD", "geheim")
    issued = secured.authority.issue("server")
    foreign = Authority(secured.folder, "another").issue("foreign")
    ended = secured.authority.issue("ended", ended=DAY)
    locked = secured.authority.issue("locked", password="geheim")
    for ours, told in ((None, "certificate_required"), (foreign, "unknown_ca"), (ended, "certificate_expired")):
        files = {"certificate": str(ours.certificate), "key": str(ours.key)} if ours else {}
        _, (reason, is_passing) = secured.pull(issued, asks_clients=True, **files)
        assert reason.startswith("it refuses our certificate (") and told in reason
        assert not is_passing
    for key in (locked.key, foreign.key, secured.folder / "missing.key"):
        files = {"certificate": str(locked.certificate), "key": str(key)}
        _, (reason, is_passing) = secured.pull(issued, asks_clients=True, **files)
        assert "do not fit" in reason or "fit" in reason
        assert not is_passing
