"""One look after the other over a real root with real receivers: raised once, told once, over once."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.pipeline import build_record, run_outcomes
from orchestration.pipeline.alerts import alert_log, delivery, watch
from orchestration.pipeline.alerts.senders import http_post
from orchestration.pipeline.run_outcomes import Ended, Outcome
from tests.orchestration.alert_house import House, mail_of, settle, webhook_of
from tests.orchestration.receivers import Answer, Mailbox, Webhook, free_port, mail_server, webhook
from warehouse.store import pull_log
from warehouse.store.pull_log import Pull
from warehouse.vocabulary import clock

AT = "2026-03-02T01:00:00+00:00"
Settle = Callable[..., House]


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settle:
    monkeypatch.setattr(http_post, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 3, 2, 10, tzinfo=clock.ZONE))
    return lambda *receivers, **sections: settle(monkeypatch, tmp_path, receivers, **sections)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as listening:
        yield listening


def run_ends(house: House, outcome: Outcome, reason: str = "") -> None:
    run_outcomes.add(house.root, [Ended("build", ("build",), outcome, AT, AT, "abc", reason)])


def phases(hook: Webhook) -> list[list[tuple[str, str]]]:
    """Of each message the kinds of its alerts, and whether they are new or over."""
    return [[(alert["kind"], alert["phase"]) for alert in body["alerts"]] for body in hook.bodies]


def test_a_failed_run_is_told_once_and_once_when_it_goes_again(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address), urls={"webserver": "https://dagster.example/"})
    run_ends(house, "failure", "The disk is full.")
    run_ends(house, "failure", "The disk is full.")
    assert house.look().raised == 1
    assert house.look().raised == 0
    run_ends(house, "canceled")
    assert house.look().ended == 0, "who cancels a run says nothing of the next"
    run_ends(house, "success")
    assert house.look().ended == 1
    assert house.look().told.sent == {}
    assert phases(hook) == [[("run_failed", "raised")], [("run_failed", "ended")]]
    [alert] = hook.bodies[0]["alerts"]
    assert alert["what"] == "汇总与发布未完成：The disk is full."
    assert alert["link"] == "https://dagster.example/runs/abc"
    assert "自2026年3月2日 09:00起" in hook.bodies[0]["text"]
    assert hook.bodies[1]["title"] == "技能培训数据仓库：恢复 1 条"
    assert "2026年3月2日 09:00起，2026年3月2日 10:00恢复" in hook.bodies[1]["text"]


def test_a_build_that_was_stopped_is_one_alert_until_another_may_be_published(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address))
    build_record.judged(house.root, {"as_of": "2026-03-02"})
    build_record.stopped(house.root, "Nothing new is published: 1 of our own models failed.", AT)
    run_ends(house, "failure", "Nothing new is published: 1 of our own models failed.")
    house.look()
    build_record.judged(house.root, {"as_of": "2026-03-03"})
    house.look()
    build_record.built(house.root, True)
    run_ends(house, "success")
    house.look()
    assert phases(hook) == [[("publication_blocked", "raised")], [("publication_blocked", "ended")]]
    assert "尚未发布过" in hook.bodies[0]["alerts"][0]["what"]


def test_a_source_that_is_away_is_told_since_when(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address))
    feeds = ("CAB/training_record", "CAB/certificate")
    for at in (AT, "2026-03-02T01:30:00+00:00"):
        away = Pull("civil affairs", at, "sftp", "unreachable", feeds, reason="The host key is another one.")
        pull_log.record(house.root, [away])
        house.look()
    pull_log.record(house.root, [Pull("civil affairs", "2026-03-02T02:00:00+00:00", "sftp", "reached", feeds)])
    house.look()
    assert phases(hook) == [[("feed_unreachable", "raised")], [("feed_unreachable", "ended")]]
    [alert] = hook.bodies[0]["alerts"]
    assert alert["since"] == AT
    assert alert["what"] == (
        "市民政局培训人次实名制明细、市民政局证书明细的来源（civil affairs）无法连接：The host key is another one."
    )


def test_a_disk_that_fills_up_is_told_before_it_is_full(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address), alerts={"disk_free_gb": 10**9})
    house.look()
    assert phases(hook) == [[("disk_nearly_full", "raised")]]
    assert hook.bodies[0]["alerts"][0]["severity"] == "error"


def test_who_fails_is_tried_again_and_nobody_else_hears_it_twice(settled: Settle, hook: Webhook) -> None:
    with webhook(Answer(500), Answer(500), Answer(500), Answer()) as failing:
        house = settled(webhook_of("good", hook.address), webhook_of("bad", failing.address))
        run_ends(house, "failure", "x")
        assert house.look().told == delivery.Delivery({"good": 1}, {"bad": "the server answers 500"})
        assert house.look().told == delivery.Delivery({"bad": 1}, {})
        assert house.look().told == delivery.Delivery()
    assert len(hook.bodies) == 1
    assert len(failing.bodies) == 4
    assert [told["reason"] for told in house.events("alerts_not_sent")] == ["the server answers 500"]


def test_receivers_get_the_kinds_that_they_take(settled: Settle, hook: Webhook) -> None:
    with mail_server(Mailbox()) as mailbox:
        house = settled(webhook_of("disk", hook.address, kinds=["disk_nearly_full"]), mail_of("all", mailbox.port))
        run_ends(house, "failure", "x")
        assert house.look().told.sent == {"all": 1}
    assert not hook.bodies
    assert mailbox.mails[0]["Subject"] == "技能培训数据仓库：新告警 1 条"


LOOK = (
    "import sys; from pathlib import Path; from orchestration.pipeline.alerts import watch; "
    "from warehouse.store.data_root import Root; from warehouse.vocabulary import clock; "
    "watch.look(Root(Path(sys.argv[1])), clock.now(), begins_reminders=False)"
)


def test_a_kill_after_sending_repeats_that_message_once(settled: Settle) -> None:
    """The process dies when its message has arrived and it has not yet heard so."""
    processes: list[subprocess.Popen[bytes]] = []
    with webhook(Answer(meanwhile=lambda: processes[0].kill()), Answer()) as hook:
        house = settled(webhook_of("ops", hook.address))
        run_ends(house, "failure", "x")
        processes.append(subprocess.Popen([sys.executable, "-c", LOOK, str(house.root.path)]))
        assert processes[0].wait() == -signal.SIGKILL
        assert house.look().raised == 0, "it was raised before it was sent"
        house.look()
    assert phases(hook) == [[("run_failed", "raised")]] * 2
    assert hook.bodies[0]["text"] == hook.bodies[1]["text"]


def test_nothing_that_looks_like_an_identifier_leaves(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address))
    run_ends(house, "failure", "value 110105194912310021 of 13912345678")
    house.look()
    kept = [house.root.alerts, house.root.run_outcomes]
    for text in (str(hook.bodies), *(path.read_text("utf-8") for path in kept)):
        assert "110105194912310021" not in text
        assert "13912345678" not in text


def test_what_cannot_be_read_ends_nothing_and_keeps_nothing_else_from_being_told(
    settled: Settle, hook: Webhook
) -> None:
    house = settled(webhook_of("ops", hook.address))
    away = Pull("s", AT, "sftp", "unreachable", ("CAB/certificate",), reason="No route.")
    pull_log.record(house.root, [away])
    house.look()
    house.root.pulls.write_bytes(b"?" + house.root.pulls.read_bytes()[1:])
    run_ends(house, "failure", "x")
    house.look()
    assert phases(hook) == [[("feed_unreachable", "raised")], [("run_failed", "raised")]]
    assert [told["look"] for told in house.events("look_failed")] == ["feed_unreachable"]


def test_a_look_that_fails_raises_nothing(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address))
    house.root.alerts.parent.write_text("in the way", "utf-8")
    assert watch.look(house.root, clock.now(), begins_reminders=False) is None
    assert house.events("look_failed")


def test_what_could_not_be_written_down_is_not_sent(settled: Settle, hook: Webhook) -> None:
    """Else a full disk would be told of at every look."""
    house = settled(webhook_of("ops", hook.address))
    run_ends(house, "failure", "x")
    probe = house.root.alerts.with_suffix(".probe")
    probe.mkdir(parents=True)
    assert watch.look(house.root, clock.now(), begins_reminders=False) is None
    assert not hook.bodies
    probe.rmdir()
    assert house.look().told.sent == {"ops": 1}


def test_while_another_process_looks_nobody_is_told(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("ops", hook.address))
    run_ends(house, "failure", "x")
    with alert_log.hold(house.root, 0):
        assert watch.look(house.root, clock.now(), begins_reminders=False) is None
    assert not hook.bodies
    assert house.look().told.sent == {"ops": 1}


def test_an_unreachable_receiver_costs_no_other_its_message(settled: Settle, hook: Webhook) -> None:
    house = settled(webhook_of("gone", f"http://127.0.0.1:{free_port()}/"), webhook_of("ops", hook.address))
    run_ends(house, "failure", "x")
    look = house.look()
    assert look.told.sent == {"ops": 1}
    assert look.told.failed == {"gone": "no connection (Connection refused)"}
