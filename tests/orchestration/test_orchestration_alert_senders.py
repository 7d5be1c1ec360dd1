"""Messages travel to real servers, signed and logged in as each asks; what goes wrong is said without a key."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.pipeline.alerts import senders
from orchestration.pipeline.alerts.message import Message
from orchestration.pipeline.alerts.senders import Refused, http_post, smtp
from tests.orchestration.receivers import HOST, Answer, Mailbox, certificate, free_port, mail_server, webhook
from warehouse.store.settings import Receiver
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.secret import Address, Secret

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)
MESSAGE = Message(
    "技能培训数据仓库：新告警 1 条", "【磁盘空间不足】严重\n· 剩余 1 GB。", {"house": "x", "alerts": [{"kind": "y"}]}
)
KEY = "0123-secret-key"
SIGNING = "SEC-signing"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_KEY", KEY)
    monkeypatch.setenv("HOOK_SECRET", SIGNING)
    monkeypatch.setenv("MAIL_PASSWORD", "correct")
    monkeypatch.setenv("NO_PROXY", HOST)
    monkeypatch.setattr(http_post, "_PAUSE_SECONDS", 0.01)


def hooked(kind: str, address: str, secret: str | None = None) -> Receiver:
    """A receiver whose address holds a key."""
    reference = Secret(secret) if secret else None
    return Receiver("group", kind, url=Address(f"{address}?key=${{HOOK_KEY}}"), secret=reference)  # type: ignore[arg-type]


def mailed(port: int, **settings: object) -> Receiver:
    told = {"tls": "none", "to": ("ops@house.example", "duty@house.example")} | settings
    return Receiver("mail", "smtp", host=HOST, port=port, sender="skills@house.example", **told)  # type: ignore[arg-type]


def refusal(receiver: Receiver) -> str:
    with pytest.raises(Refused) as refused:
        senders.send(receiver, MESSAGE, NOW)
    assert KEY not in str(refused.value)
    assert HOST not in str(refused.value)
    return str(refused.value)


def test_wecom_takes_text() -> None:
    with webhook() as hook:
        senders.send(hooked("wecom", hook.address), MESSAGE, NOW)
    [body] = hook.bodies
    assert body == {"msgtype": "text", "text": {"content": f"{MESSAGE.title}\n\n{MESSAGE.text}"}}
    assert hook.queries == [{"key": [KEY]}]


def test_wecom_is_told_no_more_than_it_takes() -> None:
    with webhook() as hook:
        senders.send(hooked("wecom", hook.address), Message("题", "字" * 5_000, {}), NOW)
    content = hook.bodies[0]["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("字…")


def test_dingtalk_is_signed() -> None:
    with webhook() as hook:
        senders.send(hooked("dingtalk", hook.address, "${HOOK_SECRET}"), MESSAGE, NOW)
    [query] = hook.queries
    [moment], [sign] = query["timestamp"], query["sign"]
    assert moment == str(int(NOW.timestamp()) * 1000)
    expected = hmac.new(SIGNING.encode(), f"{moment}\n{SIGNING}".encode(), hashlib.sha256).digest()
    assert base64.b64decode(sign) == expected
    assert query["key"] == [KEY]


def test_feishu_is_signed() -> None:
    with webhook() as hook:
        senders.send(hooked("feishu", hook.address, "${HOOK_SECRET}"), MESSAGE, NOW)
    [body] = hook.bodies
    assert body["msg_type"] == "text"
    assert body["timestamp"] == str(int(NOW.timestamp()))
    expected = hmac.new(f"{body['timestamp']}\n{SIGNING}".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(body["sign"]) == expected


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_without_a_secret_nothing_is_signed(kind: str) -> None:
    with webhook() as hook:
        senders.send(hooked(kind, hook.address), MESSAGE, NOW)
    assert hook.queries == [{"key": [KEY]}]
    assert "sign" not in hook.bodies[0]


def test_a_webhook_takes_facts_with_a_token() -> None:
    with webhook(Answer(204, told=None)) as hook:
        senders.send(hooked("webhook", hook.address, "${HOOK_SECRET}"), MESSAGE, NOW)
    [body] = hook.bodies
    assert body["alerts"] == [{"kind": "y"}]
    assert body["sent_at"] == "2026-03-02T01:00:00+00:00"
    assert hook.headers[0]["Authorization"] == f"Bearer {SIGNING}"


@pytest.mark.parametrize("first", [500, 503, 429])
def test_a_server_out_of_breath_is_asked_again(first: int) -> None:
    with webhook(Answer(first), Answer()) as hook:
        senders.send(hooked("wecom", hook.address), MESSAGE, NOW)
    assert len(hook.bodies) == 2


def test_a_server_that_stays_out_of_breath_is_given_up() -> None:
    with webhook(Answer(500)) as hook:
        assert refusal(hooked("webhook", hook.address)) == "the server answers 500"
    assert len(hook.bodies) == 3


@pytest.mark.parametrize(
    ("kind", "told", "said"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "WeCom answers 93000 invalid webhook url"),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "DingTalk answers 310000 sign not match"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "Feishu answers 19021 sign match fail"),
        ("wecom", ["no", "object"], "WeCom answers None"),
    ],
)
def test_success_that_says_no_is_a_refusal(kind: str, told: object, said: str) -> None:
    with webhook(Answer(200, told)) as hook:
        assert refusal(hooked(kind, hook.address)) == said
    assert len(hook.bodies) == 1, "to ask again would change nothing"


@pytest.mark.parametrize("status", [301, 400, 401, 404])
def test_another_answer_is_a_refusal_and_nothing_is_followed(status: int) -> None:
    with webhook(Answer(status)) as hook:
        assert refusal(hooked("webhook", hook.address)) == f"the server answers {status}"
    assert len(hook.bodies) == 1


def test_a_slow_server_is_not_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have taken the message."""
    monkeypatch.setattr(http_post, "SECONDS", 0.2)
    with webhook(Answer(seconds=1.0)) as hook:
        assert refusal(hooked("webhook", hook.address)) == "no answer within 0.2 s"
        assert len(hook.bodies) == 1


def test_nobody_listens() -> None:
    assert refusal(hooked("wecom", f"http://{HOST}:{free_port()}/send")) == "no connection (Connection refused)"


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(OperatorError, match="NOT_SET is not set"):
        senders.send(Receiver("group", "wecom", url=Address("http://x/?key=${NOT_SET}")), MESSAGE, NOW)


def test_a_mail_is_what_it_says() -> None:
    with mail_server(Mailbox()) as mailbox:
        for _ in range(2):
            senders.send(mailed(mailbox.port), MESSAGE, NOW)
    first, again = mailbox.mails
    assert first["Subject"] == MESSAGE.title
    assert first["From"] == "skills@house.example"
    assert first.get_content().splitlines() == MESSAGE.text.splitlines()
    assert first["Date"].datetime == NOW
    assert first["Message-ID"] == again["Message-ID"], "who gets one twice can tell"
    assert first["Message-ID"].endswith("@house.example>")
    assert mailbox.recipients[0] == ["ops@house.example", "duty@house.example"]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


def test_mail_with_tls_and_login(trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(Mailbox(), login=("skills", "correct"), certificate=trusted) as mailbox:
        secured = {"tls": "starttls", "user": "skills", "password": Secret("${MAIL_PASSWORD}")}
        senders.send(mailed(mailbox.port, **secured), MESSAGE, NOW)
        assert len(mailbox.mails) == 1
        monkeypatch.setenv("MAIL_PASSWORD", "wrong")
        assert refusal(mailed(mailbox.port, **secured)) == "the login is refused (535)"
        assert refusal(mailed(mailbox.port, tls="none")) == "the server does not take the mail (530)"
    assert len(mailbox.mails) == 1


def test_a_certificate_that_nobody_trusts_is_refused(trusted: Path) -> None:
    with mail_server(Mailbox(), certificate=trusted) as mailbox:
        assert refusal(mailed(mailbox.port, tls="starttls")).startswith("no connection (self-signed certificate")
    assert not mailbox.mails


def test_a_refusing_server_and_none_at_all() -> None:
    with mail_server(Mailbox(refuses=lambda address: "550 no such box")) as mailbox:
        assert refusal(mailed(mailbox.port)) == "the server does not take the mail (550)"
    assert refusal(mailed(free_port())) == "no connection (Connection refused)"


def test_what_some_addresses_take_is_sent() -> None:
    with mail_server(Mailbox(refuses=lambda address: "550 gone" if "duty" in address else None)) as mailbox:
        senders.send(mailed(mailbox.port), MESSAGE, NOW)
    assert mailbox.recipients == [["ops@house.example"]]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_silent_mail_server_is_given_up(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.2)
    assert refusal(mailed(silent)) == "no connection (the server hangs up or says nothing)"
