"""Through the installed command line: what a run tells people and programs, who is alerted and reminded, what is
logged and measured."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.pipeline.alerts import watch
from orchestration.pipeline.alerts.delivery import Delivery
from tests.e2e.harness import AS_OF, SKILLS, Skills
from tests.orchestration.alert_house import mail_of, webhook_of
from tests.orchestration.receivers import Answer, Mailbox, free_port, mail_server, webhook
from warehouse.store import lock, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, reference

Complaint = Callable[..., str]


def settings(folder: Path, **alerts: Any) -> dict[str, str]:
    """The environment in which the command line has these settings of alerts."""
    file = folder / "skills.yaml"
    file.write_text(yaml.safe_dump({"alerts": {"disk_free_gb": 0.000001} | alerts}, allow_unicode=True), "utf-8")
    return {"SKILLS_SETTINGS": str(file), "NO_PROXY": "127.0.0.1"}


def events(root: Root) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root.run_logs / "skills.jsonl").read_text("utf-8").splitlines()]


def test_the_log_tells_the_whole_run(skills: Skills) -> None:
    told = events(skills.root)
    assert [event["event"] for event in told if event["event"] in ("run_started", "published", "run_ended")] == [
        "run_started",
        "published",
        "run_ended",
    ]
    assert told[0]["as_of"] == AS_OF
    [ended] = [event for event in told if event["event"] == "run_ended"]
    assert (ended["outcome"], ended["reason"]) == ("success", None)
    outcomes: Counter[str] = Counter()
    for event in told:
        if event["event"] == "decided":
            outcomes.update(event["outcomes"])
    decisions = [decision for options in register.decisions(skills.root).values() for decision in options]
    assert outcomes == Counter(decision.outcome for decision in decisions)
    pulled = sum(event["deliveries"] for event in told if event["event"] == "feeds_pulled")
    assert pulled >= len({decision.submission_id for decision in decisions})
    [stages] = [event["seconds"] for event in told if event["event"] == "stages"]
    assert {"receive", "read", "check", "judge", "dbt", "publish"} <= stages.keys()
    assert all(seconds > 0 for seconds in stages.values())


def test_a_run_with_nothing_to_do_is_one_line_or_none_or_one_document(after_run: Skills) -> None:
    said = after_run("run", "--as-of", AS_OF)
    assert len(said.stdout.splitlines()) == 1
    quiet = after_run("run", "--as-of", AS_OF, "--quiet")
    assert (quiet.stdout, quiet.stderr) == ("", "")
    told = json.loads(after_run("run", "--as-of", AS_OF, "--json").stdout)
    assert set(told) == {"run", "stages", "departments", "publication", "alerts"}
    assert (told["run"]["outcome"], told["run"]["did"], told["run"]["as_of_date"]) == ("success", "nothing", AS_OF)
    assert {line["department_code"] for line in told["departments"]} == {*reference.codes("department")}
    assert told["publication"]["publication_id"] == after_run.root.current.resolve().name
    assert told["publication"]["is_new"] is False
    assert {alert["kind"] for alert in told["alerts"]["open"]} >= {"due_day_missed", "target_behind"}
    assert told["alerts"]["raised"] == 0, "the run before raised them"


def test_a_run_that_fails_tells_programs_why_and_is_an_alert(tmp_path: Path, complaint: Complaint) -> None:
    skills = Skills(Root(tmp_path / "data"))
    with webhook() as hook:
        environment = settings(tmp_path, receivers=[webhook_of("ops", hook.address)])
        failed = skills("run", "--json", check=False, **environment)
        assert failed.returncode == 2
        assert "is empty" in failed.stderr
        told = json.loads(failed.stdout)
        assert told["run"]["outcome"] == "failure"
        assert "is empty" in told["run"]["reason"]
        assert (told["departments"], told["publication"]) == ([], None)
        assert told["alerts"]["told"] == {"sent": {"ops": 1}, "failed": {}}
        assert "is empty" in complaint(skills, "run", "--quiet", code=2, **environment)
    assert [alert["kind"] for body in hook.bodies for alert in body["alerts"]] == ["run_failed"]
    listed = skills("alerts", "list").stdout
    assert "运行失败" in listed
    assert "is empty" in listed


def test_a_run_that_another_holds_up_is_no_failure(after_run: Skills) -> None:
    with lock.hold(after_run.root, "build"):
        refused = after_run("run", "--as-of", AS_OF, "--json", check=False)
    assert refused.returncode == 3
    assert json.loads(refused.stdout)["run"]["outcome"] == "refused"
    assert events(after_run.root)[-1]["event"] == "run_refused"
    assert "运行失败" not in after_run("alerts", "list").stdout


def test_open_alerts_are_listed_with_who_does_not_know_yet(after_run: Skills, tmp_path: Path) -> None:
    receivers = [webhook_of("ops", "http://127.0.0.1:1/", kinds=["target_behind"])]
    told = json.loads(after_run("alerts", "list", "--json", **settings(tmp_path, receivers=receivers)).stdout)
    assert {alert["kind"] for alert in told} >= {"due_day_missed", "target_behind"}
    for alert in told:
        assert alert["untold"] == (["ops"] if alert["kind"] == "target_behind" else [])
        assert alert["what"] and alert["to_do"] and alert["link"] and alert["since"]
    assert "not told yet: ops" in after_run("alerts", "list", **settings(tmp_path, receivers=receivers)).stdout


def test_each_receiver_is_tried_and_said_of_in_a_line(skills: Skills, tmp_path: Path, complaint: Complaint) -> None:
    with webhook() as good, webhook(Answer(200, {"errcode": 40001})) as bad:
        receivers = [
            webhook_of("good", good.address),
            {"name": "chat", "kind": "wecom", "url": "${BAD}"},
            mail_of("mail", free_port()),
        ]
        environment = settings(tmp_path, receivers=receivers, departments={"TRA": ["tra@city.example"]})
        environment["BAD"] = bad.address
        tried = skills("alerts", "test", check=False, **environment)
        assert tried.returncode == 1
        assert tried.stdout.splitlines() == [
            "good (webhook): taken",
            "chat (wecom): not taken: WeCom answers 40001",
            "mail (smtp): not taken: no connection (Connection refused)",
            "reminders of 1 departments go by mail",
        ]
        alone = skills("alerts", "test", "good", **environment)
        assert alone.stdout == "good (webhook): taken\n"
        assert "known are good, chat, mail" in complaint(skills, "alerts", "test", "nobody", code=2, **environment)
    assert [body["test"] for body in good.bodies] == [True, True]


def test_departments_are_reminded_once_a_day_and_no_mail_names_a_person(
    after_run: Skills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = dt.datetime(2026, 3, 9, 8, tzinfo=clock.ZONE)
    with mail_server(Mailbox()) as mailbox:
        environment = settings(
            tmp_path,
            receivers=[mail_of("mail", mailbox.port, kinds=["disk_nearly_full"])],
            departments={code: [f"{code.lower()}@city.example"] for code in ("TRA", "CAB")},
        )
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        before, first, again = (
            watch.look(after_run.root, monday, begins_reminders=begins) for begins in (False, True, True)
        )
    assert before and first and again
    assert (before.reminded, again.reminded) == (Delivery(), Delivery())
    assert first.reminded == Delivery({"TRA": 1, "CAB": 1})
    assert mailbox.recipients == [["cab@city.example"], ["tra@city.example"]]
    for mail, name in zip(mailbox.mails, ("市民政局", "市交通运输局"), strict=True):
        assert "即将截止" in mail["Subject"]
        text = mail.get_content()
        assert text.startswith(f"{name}：")
        assert "2026年3月10日截止（还有 1 天）" in text
        assert str(after_run.root.path) not in text


def test_metrics_are_served_until_the_process_is_ended(skills: Skills) -> None:
    serving = subprocess.Popen(
        [SKILLS, "metrics-serve", "--port", "0"], env=skills.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout
        address = serving.stdout.readline().removeprefix("Serving metrics on ").removesuffix(".\n")
        with urllib.request.urlopen(address) as answer:
            text = answer.read().decode()
        serving.send_signal(signal.SIGTERM)
        assert serving.wait() == 0
    finally:
        serving.kill()
        serving.wait()
    assert 'skills_runs_total{job="run",outcome="success"} 1.0' in text
    assert "skills_publication_age_seconds" in text
    assert 'skills_submissions{outcome="accepted",standing="standing"}' in text


def test_without_a_port_nothing_is_served(skills: Skills, complaint: Complaint) -> None:
    assert "No port" in complaint(skills, "metrics-serve", code=2)
