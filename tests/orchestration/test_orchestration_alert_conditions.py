"""When each kind stands, in which words and with which link; the paper for engineers tells of every kind."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from orchestration.pipeline.alerts import conditions, episodes, message
from orchestration.pipeline.alerts.conditions import Disk
from orchestration.pipeline.alerts.kinds import KINDS
from orchestration.pipeline.alerts.links import Links
from pages.gather import targets
from tests.orchestration.test_orchestration_alert_reminders import row
from tests.test_house import PROJECT
from warehouse.store.data_root import Root
from warehouse.store.held_back import Failure
from warehouse.store.settings import AlertKind, Receiver, Urls
from warehouse.vocabulary import reference
from warehouse.vocabulary.secret import Address

AT = "2026-03-02T01:00:00+00:00"
AS_OF = dt.date(2026, 3, 2)
LINKS = Links(Root(Path("/house/data")), Urls("https://dagster.example", "https://pages.example"))
PATHS = Links(Root(Path("/house/data")), Urls())
_FOLLOWS = {"behind": "慢于序时进度", "not_done": "未完成", "exceeded": "超出名额（已公布 100人次）"}


def test_the_settings_and_the_kinds_are_the_same() -> None:
    assert tuple(KINDS) == get_args(AlertKind)


def test_the_paper_tells_of_every_kind_with_its_title() -> None:
    paper = (PROJECT / "docs" / "operating.md").read_text("utf-8")
    section = re.search(r"^## Alerts\n(.*?)(?=^## |\Z)", paper, re.M | re.S)
    assert section
    told = dict(re.findall(r"^\| `(\w+)` (\S+) \| [^|]{20,} \| [^|]{20,} \|$", section[1], re.M))
    assert told == {kind: facts.title for kind, facts in KINDS.items()}


def test_every_kind_says_what_to_do_in_full_width_marks() -> None:
    for kind in KINDS.values():
        for text in (kind.title, kind.what, kind.to_do):
            assert not re.search(r"[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]", re.sub(r"\([ -~]+\)", "", text)), (
                text
            )
        assert kind.to_do.endswith("。")


def test_what_is_missing_of_a_department_and_a_due_day_is_one_alert() -> None:
    overdue = [
        row(unit, dataset, due_date=due, state="missing")
        for unit in ("TRA", "TRA.440305", "CAB")
        for dataset in ("certificate", "training_class", "training_record", "competition", "aggregate_summary")
        for due in (dt.date(2026, 2, 10), dt.date(2026, 3, 10))
    ]
    observation = conditions.due_day_missed(overdue, LINKS)
    assert [alert.subject for alert in observation.alerts] == [
        "CAB@2026-02-10",
        "CAB@2026-03-10",
        "TRA@2026-02-10",
        "TRA@2026-03-10",
    ]
    alert = observation.alerts[2]
    assert alert.what == ("市交通运输局2026年2月10日截止的报送有 10 份未报：汇总报表、证书明细、竞赛明细、开班备案等。")
    assert alert.since == "2026-02-10T16:00:00+00:00", "from the first moment of the next day in Shenzhen"
    assert alert.link == "https://pages.example/TRA/index.html"
    assert conditions.due_day_missed(overdue, PATHS).alerts[2].link == "/house/data/reports/TRA/index.html"


def target(status: str, actual: float | None = 100.0) -> targets.TargetFacts:
    plan = reference.table("targets")[0]
    progress: dict[str, Any] = {
        "target_id": plan["id"],
        "reading": "main",
        "period": "2026",
        "period_start_date": dt.date(2026, 1, 1),
        "period_end_date": dt.date(2026, 12, 31),
        "cut_off_date": dt.date(2026, 10, 31),
        "is_met": False,
        "actual": actual,
        "threshold": 90000,
        "comparator": ">=",
        "unit": "人次",
        "status": status,
    }
    return targets.TargetFacts(plan, progress, (), None, ())


@pytest.mark.parametrize("status", list(_FOLLOWS))
def test_a_target_that_falls_behind_is_told_with_its_figure(status: str) -> None:
    observation = conditions.target_behind([target(status)], AT, LINKS)
    [alert] = observation.alerts
    title = reference.table("targets")[0]["title"]
    assert alert.what == f"{title}（2026年度）{_FOLLOWS[status]}：完成数 100人次，目标 9 万人次。"
    assert alert.link == "https://pages.example/index.html"


@pytest.mark.parametrize(("status", "actual"), [("incomplete", 100.0), ("balance_not_split", 3.0), ("no_data", None)])
def test_without_a_whole_figure_a_target_is_not_judged(status: str, actual: float | None) -> None:
    observation = conditions.target_behind([target(status, actual)], AT, LINKS)
    assert not observation.alerts
    assert observation.unjudged == {reference.table("targets")[0]["id"]}


def test_what_is_held_back_is_told_by_submission_with_how_much_of_it() -> None:
    place = {"unit_code": "TRA.440305", "dataset": "training_record", "period": "2026-01"}
    failures = [
        Failure("TRA-a", "keys_are_there", "id", 1, 4),
        Failure("TRA-a", "codes_are_listed", "id", 1, 4),
        Failure("TRA-a", "codes_are_listed", "id", 2, 5),
        Failure("TRA-b", "codes_are_listed"),
        Failure("TRA-c", "codes_are_listed"),
    ]
    observation = conditions.publication_quarantined(failures, {"TRA-a": place, "TRA-b": place}, AT, LINKS)
    rows, whole = observation.alerts
    assert "（2026年1月，2 条记录）" in rows.what
    assert "（2026年1月，整份）" in whole.what
    assert rows.link == "https://pages.example/TRA.440305/TRA-a.html"
    assert observation.unjudged == {"TRA-c"}, "of which nothing is known"


@pytest.mark.parametrize(
    ("free_gb", "is_raised", "is_unjudged"),
    [(4.9, True, False), (5.0, False, True), (5.4, False, True), (5.6, False, False)],
)
def test_a_disk_at_the_limit_neither_raises_nor_ends(free_gb: float, is_raised: bool, is_unjudged: bool) -> None:
    observation = conditions.disk_nearly_full(Disk("/house/data", int(free_gb * 10**9), 5.0), AT)
    assert bool(observation.alerts) is is_raised
    assert observation.unjudged == ({"/house/data"} if is_unjudged else set())
    if is_raised:
        assert observation.alerts[0].what == "数据目录所在磁盘剩余 4.9 GB，不足 5 GB。"


def test_a_scanner_that_is_away_is_told_with_its_reason() -> None:
    assert conditions.scanner_away(None, "host:3310", AT).alerts == ()
    (away,) = conditions.scanner_away("It cannot be reached: start clamd.", "host:3310", AT).alerts
    assert away.what == "病毒扫描服务无法使用，新到的文件暂未接收：It cannot be reached: start clamd."
    assert away.link == "host:3310"


def test_many_alerts_are_one_message_that_counts_what_it_does_not_show() -> None:
    overdue = [row("TRA", due_date=dt.date(2026, 1, day), state="missing") for day in range(1, 21)]
    receiver = Receiver("x", "webhook", url=Address("http://x/"))
    changes = episodes.changes([], [conditions.due_day_missed(overdue, LINKS)], [receiver], AT)
    told = message.message(episodes.to_tell(episodes.fold(changes), receiver))
    assert told.title == "技能培训数据仓库：新告警 20 条"
    assert told.text.count("· 市交通运输局") == 10
    assert "· 另有 10 条，见 skills alerts list。" in told.text
    assert told.text.count("处理：请联系确认报送时间") == 1
    assert len(told.facts["alerts"]) == 20


def test_a_message_has_another_digest_for_another_content() -> None:
    told = message.Message("a", "b", {})
    assert told.digest == message.Message("a", "b", {"x": 1}).digest
    assert told.digest != dataclasses.replace(told, text="c").digest
