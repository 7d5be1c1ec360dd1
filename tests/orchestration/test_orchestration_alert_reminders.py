"""Departments are reminded before due days and while something is overdue: one mail a day at most, in their words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.pipeline.alerts import alert_log, delivery, reminders
from orchestration.pipeline.alerts.links import Links
from orchestration.pipeline.alerts.reminders import Day, Digest
from pages.gather.grid import Row
from tests.orchestration.alert_house import mail_of, settle
from tests.orchestration.receivers import Mailbox, free_port, mail_server
from warehouse.store.data_root import Root
from warehouse.store.log import Entry
from warehouse.store.settings import Urls
from warehouse.vocabulary import clock, period

ROOT = Root(Path("/nowhere/data"))
DUE = dt.date(2026, 3, 10)
AT = "2026-03-02T01:00:00+00:00"


def row(unit: str = "TRA", dataset: str = "training_record", **told: Any) -> dict[str, Any]:
    """Of the grid: nothing came yet."""
    empty = dict.fromkeys(
        ("outcome", "submission_id", "received_rows", "accepted_rows", "held_rows", "is_nothing_to_report", "standing")
    )
    latest = dict.fromkeys(
        f"latest_{name}"
        for name in ("submission_id", "kind", "standing", "refusal", "outcome", "received_at", "asked_date")
    )
    return {
        "department_code": unit.partition(".")[0],
        "unit_code": unit,
        "dataset": dataset,
        "period": "2026-02",
        "due_date": DUE,
        "as_of_date": DUE,
        "state": "not_due",
        "is_confirmed": False,
        "has_confirmed_other": False,
        "refused_submissions": 0,
        "received_at": None,
        "latest_answer_until_date": None,
        **empty,
        **latest,
        **told,
    }


def on(day: dt.date, rows: Sequence[Row]) -> list[Row]:
    """The rows as they are on a day."""
    return [
        {**row, "as_of_date": day, "state": "missing" if row["due_date"] < day else "not_due"}
        if row["submission_id"] is None
        else {**row, "as_of_date": day}
        for row in rows
    ]


def day_of(as_of: dt.date, pages: str = "", asked: frozenset[str] = frozenset()) -> Day:
    return Day(as_of, (5, 1), asked, Links(ROOT, Urls(pages=pages)))


def due(entries: list[Entry], rows: Mapping[str, Sequence[Row]], day: Day) -> list[Digest]:
    """What is to be sent on a day, and is."""
    digests = reminders.due(entries, {code: on(day.as_of, owed) for code, owed in rows.items()}, day)
    entries += [reminders.reminded(digest, day.as_of, AT) for digest in digests]
    return digests


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=count) for count in range((last - first).days + 1)]


def test_five_days_before_one_day_before_when_missed_and_then_once_a_week() -> None:
    entries: list[Entry] = []
    sent = [
        day for day in days(dt.date(2026, 3, 1), dt.date(2026, 3, 31)) if due(entries, {"TRA": [row()]}, day_of(day))
    ]
    assert [(day.month, day.day) for day in sent] == [(3, 5), (3, 9), (3, 11), (3, 16), (3, 23), (3, 30)]


def test_who_has_sent_is_left_in_peace() -> None:
    entries: list[Entry] = []
    assert due(entries, {"TRA": [row()]}, day_of(dt.date(2026, 3, 5)))
    sent = row(submission_id="TRA-training_record-2026-02-0", standing="standing", state="on_time", held_rows=0)
    assert not [
        day for day in days(dt.date(2026, 3, 6), dt.date(2026, 4, 30)) if due(entries, {"TRA": [sent]}, day_of(day))
    ]


def test_what_waits_for_a_correction_is_told_with_what_is_due_and_is_no_reason_for_a_mail() -> None:
    waiting = row(
        dataset="certificate",
        submission_id="TRA-certificate-2026-02-0",
        standing="standing",
        outcome="partly_accepted",
        state="on_time",
        held_rows=12,
        received_at=dt.datetime(2026, 3, 2, 1),
    )
    day = day_of(dt.date(2026, 3, 5), "https://pages.example")
    assert not due([], {"TRA": [waiting]}, day)
    [digest] = due([], {"TRA": [waiting, row()]}, day)
    assert "证书明细（2026年2月，市级部门）：12 条记录待更正，最迟2026年3月" in digest.message.text


def test_a_digest_says_what_is_due_by_when_where_to_send_and_where_to_look() -> None:
    rows = [
        row("TRA.440305"),
        row(),
        row("TRA", "training_class"),
        row("TRA", "certificate", period="2026-01", due_date=dt.date(2026, 2, 10)),
    ]
    [digest] = due([], {"TRA": rows, "CAB": []}, day_of(dt.date(2026, 3, 5), "https://pages.example/"))
    assert digest.message.title == "报送提醒：3 份即将截止，1 份逾期未报"
    assert digest.message.text == (
        "市交通运输局：\n"
        "截至2026年3月5日，贵单位的数据报送事项如下。\n\n"
        "一、即将截止\n"
        "· 2026年3月10日截止（还有 5 天）：开班备案（2026年2月，市级部门）\n"
        "· 2026年3月10日截止（还有 5 天）：培训人次实名制明细（2026年2月，市级部门、南山区）\n\n"
        "二、逾期未报\n"
        "· 2026年2月10日截止（逾期 23 天）：证书明细（2026年1月，市级部门）\n\n"
        "报送方式：将文件放入 inbox/TRA/ ；确无数据的，按“本期无数据”报送。\n"
        "详情、更正工作簿和模板见贵单位页面：https://pages.example/TRA/index.html\n"
        "如有疑问，请联系市局业务联系人。本邮件由技能培训数据仓库自动发送，每日最多一封，不含个人信息。"
    )


def test_a_department_is_never_shown_a_path_of_our_machine() -> None:
    [digest] = due([], {"TRA": [row()]}, day_of(dt.date(2026, 3, 9)))
    assert "/nowhere" not in digest.message.text
    assert "还有 1 天" in digest.message.text


def test_a_question_that_waits_for_an_answer_is_told() -> None:
    asked = row(
        dataset="certificate",
        submission_id="a",
        standing="standing",
        state="on_time",
        held_rows=0,
        latest_submission_id="b",
        latest_standing="awaiting_confirmation",
        latest_answer_until_date=dt.date(2026, 3, 12),
    )
    [digest] = due([], {"TRA": [asked, row()]}, day_of(dt.date(2026, 3, 5), asked=frozenset({"b"})))
    assert "请填写确认单，最迟2026年3月12日答复" in digest.message.text


def test_a_long_list_is_cut_and_counted() -> None:
    rows = [row(period=f"{year}-{month:02}") for year in range(2023, 2026) for month in range(1, 13)]
    [digest] = due([], {"TRA": rows}, day_of(dt.date(2026, 3, 5)))
    assert "另有 6 项，见贵单位页面。" in digest.message.text


@settings(max_examples=150)
@given(
    st.lists(st.dates(dt.date(2026, 1, 5), dt.date(2026, 4, 30)), min_size=1, max_size=4),
    st.sets(st.dates(dt.date(2026, 1, 1), dt.date(2026, 5, 31)), max_size=60),
)
def test_however_seldom_somebody_looks_no_day_has_two_and_nothing_is_said_twice(
    due_days: list[dt.date], looks: set[dt.date]
) -> None:
    rows = {"TRA": [row(due_date=day) for day in due_days]}
    entries: list[Entry] = []
    sent: list[tuple[dt.date, Digest]] = []
    for day in sorted(looks):
        for _ in range(2):
            sent += [(day, digest) for digest in due(entries, rows, day_of(day))]
    assert len({day for day, _ in sent}) == len(sent)
    assert all(period.is_workday(day) for day, _ in sent)
    told: set[str] = set()
    for _, digest in sent:
        assert set(digest.marks) - told, "something new is said"
        told |= set(digest.marks)
    for day in looks:
        if period.is_workday(day) and any(due_day < day for due_day in due_days):
            year, week, _ = day.isocalendar()
            assert f"{year}-W{week:02}" in told, "nobody is forgotten for a week"


def digest_of(department: str) -> Digest:
    [digest] = due([], {department: [row(department)]}, day_of(dt.date(2026, 3, 9)))
    return digest


def test_departments_get_their_own_mail_and_whoever_refuses_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = {"TRA": ["tra@city.example"], "CAB": ["cab@city.example"], "HEA": ["hea@city.example"]}
    digests = [digest_of(code) for code in addresses]
    moment = delivery.Moment(dt.date(2026, 3, 9), clock.now())
    with mail_server(Mailbox(refuses=lambda address: "550 full" if "cab" in address else None)) as mailbox:
        house = settle(monkeypatch, tmp_path, [mail_of("mail", mailbox.port)])
        with alert_log.hold(house.root, 0):
            told = delivery.remind(house.root, watch_server(), addresses, digests, moment)
    assert told == delivery.Delivery({"TRA": 1, "HEA": 1}, {"CAB": "the server does not take the mail (550)"})
    assert [to for [to] in mailbox.recipients] == ["tra@city.example", "hea@city.example"]
    assert "市交通运输局" in mailbox.mails[0].get_content()
    kept = alert_log.read(house.root)
    assert [entry.subject for entry in kept] == ["TRA", "HEA"]
    assert not re.search("@", house.root.alerts.read_text("utf-8")), "no address is kept"


def test_a_mail_server_that_is_away_is_asked_once_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = settle(monkeypatch, tmp_path, [mail_of("mail", free_port())])
    addresses = {"TRA": ["tra@city.example"], "CAB": ["cab@city.example"]}
    moment = delivery.Moment(dt.date(2026, 3, 9), clock.now())
    digests = [digest_of(code) for code in addresses]
    with alert_log.hold(house.root, 0):
        told = delivery.remind(house.root, watch_server(), addresses, digests, moment)
    assert told.failed == dict.fromkeys(addresses, "no connection (Connection refused)")
    assert not alert_log.read(house.root)


def watch_server() -> Any:
    from orchestration.pipeline.alerts import watch
    from warehouse.store.settings import settings as read

    return watch.mail_server(read().alerts.receivers)
