"""What lets a unit act: links to what lies beside the site, where to send, when that is collected, whom to ask, until
when; and that a page is another only on the days on which it says something else."""

from __future__ import annotations

import datetime as dt
import posixpath
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest

from pages import site_map
from pages.gather.deadlines import Deadlines, Workdays
from pages.gather.sending import Sending, SendingDay
from pages.gather.slices import Slice
from pages.gather.sources import Sources
from pages.gather.submission import SubmissionFacts, SubmissionIndex, submission
from pages.render.slices import slice_page
from pages.render.submission import submission_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.store.data_root import Root
from warehouse.store.records import Comparison
from warehouse.store.register import Signing
from warehouse.store.standing import Awaited, Standing, SubmissionStatus
from warehouse.vocabulary import reference
from warehouse.vocabulary.submission import Decision, Submission

PART = Slice("district", "district-440305", "南山区", 20, frozenset({1, 3}))
DAY = SendingDay(samples.AS_OF)
SENDING = DAY.of_submission("CAB", "training_record", is_awaited=True)
CONNECTION = duckdb.connect()
COMPARED = Comparison("CAB-x", "CAB-y", "CAB-y", 156, 4, 152, "2026-02-05T00:00:00+00:00")


def of_unit(decision: Decision, unit: str) -> Decision:
    place = decision.submission
    return replace(decision, submission=Submission(place.dataset, unit[:4], unit, place.period, place.sha256))


def status(decision: Decision, standing: Standing = "standing", **changes: Any) -> SubmissionStatus:
    received_at = "2026-11-10T08:00:00+00:00"
    stands = standing == "standing"
    placed = SubmissionStatus(decision, received_at, received_at, 3, standing, True, stands, stands)
    return replace(placed, **changes)


def places(page: Page, place: str) -> set[str]:
    """What a page at a place of the site leads to, from the data root."""
    folder = posixpath.dirname(f"reports/{place}")
    addresses = [address for address in page.addresses() if not address.startswith("#")]
    return {posixpath.normpath(posixpath.join(folder, unquote(address.partition("#")[0]))) for address in addresses}


@pytest.mark.parametrize("unit", ["CAB", "HRSS.440305", "HRSS.SZ-DP"])
def test_a_report_leads_to_its_workbook_its_slices_the_template_and_the_rule(unit: str) -> None:
    decision = of_unit(samples.decision(), unit) if "." in unit else samples.decision()
    name, place = decision.submission_id, site_map.report(unit, decision.submission_id)
    told = DAY.of_submission(unit, "training_record", is_awaited=True)
    facts = SubmissionFacts(
        decision, samples.findings(), in_site=True, has_workbook=True, slices=[PART], sending=told, kind="first"
    )
    led = places(Page(submission_page(facts)), place)
    department = unit.partition(".")[0]
    assert site_map.correction_workbook(unit, name) in led
    assert site_map.correction_workbook(unit, name, PART.name) in led
    assert f"reports/{site_map.template(unit, 'training_record')}" in led
    assert {"reports/rules/TR001.html", f"reports/{department}/index.html"} <= led
    assert ("reports/HRSS.440305/index.html" in led) == (unit == "HRSS.440305")
    slice_place = site_map.slice_report(unit, name, PART.name)
    assert site_map.correction_workbook(unit, name, PART.name) in places(Page(slice_page(facts, PART, [])), slice_place)


def test_a_question_leads_to_its_sheet() -> None:
    decision = samples.decision()
    awaits = status(
        decision,
        "awaiting_confirmation",
        comparison=COMPARED,
        awaited=Awaited(dt.date(2026, 11, 13), dt.date(2026, 11, 27)),
    )
    facts = SubmissionFacts(decision, status=awaits, stands="CAB-y", in_site=True, sending=SENDING)
    led = places(Page(submission_page(facts)), site_map.report("CAB", decision.submission_id))
    assert site_map.confirmation_sheet("CAB", decision.submission_id) in led
    reminded = replace(facts, deadlines=Deadlines(is_reminded=True))
    assert "请尽快答复" in Page(submission_page(reminded)).text
    assert "请尽快答复" not in Page(submission_page(facts)).text


def test_a_page_that_stands_alone_leads_nowhere_and_knows_no_place_to_send_to() -> None:
    page = Page(submission_page(SubmissionFacts(samples.decision(), samples.findings(), has_workbook=True)))
    assert all(address.startswith("#") for address in page.addresses())
    assert "报送到" not in page.text and "联系人" not in page.text


@pytest.mark.parametrize(
    ("unit", "folder"),
    [("CAB", "inbox/CAB/"), ("HRSS.440305", "inbox/HRSS/440305/"), ("HRSS.SZ-SS", "inbox/HRSS/SZ-SS/")],
)
def test_where_to_send_when_it_is_collected_and_whom_to_ask_is_plain_text(unit: str, folder: str) -> None:
    told = DAY.of_submission(unit, "training_record", is_awaited=True)
    text = Page(submission_page(SubmissionFacts(samples.decision(), in_site=True, sending=told))).text
    assert folder in text and "下次定期汇总2026年12月11日" in text.replace("\n", "")
    assert "市局业务联系人" in text


def test_the_contact_is_who_policy_names_on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"name": "correction_contact", "since": "2026-12-01", "until": "", "value": "职业能力建设处 0755-12345"}
    rows = [{**row, "until": "2026-11-30"} if row["name"] == "correction_contact" else row for row in policy_rows()]
    monkeypatch.setattr(reference, "table", {"policy": (*rows, named)}.__getitem__)
    before, after = (SendingDay(day).of_unit("CAB").contact for day in (dt.date(2026, 11, 30), dt.date(2026, 12, 1)))
    assert (before, after) == ("市局业务联系人", "职业能力建设处 0755-12345")


def policy_rows() -> tuple[dict[str, str], ...]:
    return tuple(reference.table("policy"))


def test_a_feed_that_is_gone_has_no_template() -> None:
    told = DAY.of_submission("CAB", "competition", is_awaited=False)
    page = Page(submission_page(SubmissionFacts(samples.decision(), in_site=True, sending=told)))
    assert "填报模板" not in page.text and "下次定期汇总" not in page.text


def test_the_deadline_is_shown_and_said_to_be_over() -> None:
    facts = SubmissionFacts(
        samples.decision(), in_site=True, sending=SENDING, deadlines=Deadlines(correct_by=dt.date(2026, 2, 16))
    )
    text = Page(submission_page(facts)).text
    assert "2026年2月16日" in text and "5 个工作日" in text and "逾期未更正" not in text
    overdue = replace(facts, deadlines=Deadlines(dt.date(2026, 2, 16), is_correction_overdue=True))
    assert "逾期未更正" in Page(submission_page(overdue)).text


def test_what_the_bureau_holds_back_says_until_when_it_answers() -> None:
    held = Deadlines(release_by=dt.date(2026, 11, 24))
    facts = SubmissionFacts(samples.decision(), in_site=True, sending=SENDING, deadlines=held)
    text = Page(submission_page(facts)).text
    assert "市局最迟 2026年11月24日答复" in text and "市局逾期未答复" not in text
    late = replace(facts, deadlines=replace(held, is_release_overdue=True))
    assert "市局逾期未答复" in Page(submission_page(late)).text


def test_an_exception_is_answered_within_the_days_of_policy() -> None:
    facts = SubmissionFacts(samples.decision(), in_site=True, has_workbook=True, sending=SENDING)
    assert "市局 3 个工作日内答复" in Page(submission_page(facts)).text


def gathered(placed: SubmissionStatus, as_of: dt.date, root: Path, *, is_counted: bool = True) -> SubmissionFacts:
    """The facts of one submission on a day, as the site gathers them."""
    name = placed.decision.submission_id
    known = SubmissionIndex(
        kinds={name: "first"},
        due_dates={},
        findings={},
        fixed={},
        signings={name: Signing(None, False)},
        exceptions={},
        standing={},
        remarks={},
        counted=frozenset({placed.decision.folder_name} if is_counted else ()),
        release_dates={},
        sending_day=SendingDay(as_of),
    )
    return submission(Sources(Root(root), as_of, [placed], [], str, CONNECTION, None), known, placed)


DAYS = [dt.date(2026, 11, 11) + dt.timedelta(days=day) for day in range(32)]
"""To 12 December: the correction is due on 17 November, what is sent is collected on 11 December."""


def days_of_change(placed: SubmissionStatus, root: Path, **changes: Any) -> list[dt.date]:
    told = [gathered(placed, day, root, **changes).told("0") for day in DAYS]
    return [day for day, before, after in zip(DAYS[1:], told, told[1:], strict=False) if before != after]


def test_a_page_is_another_on_the_day_on_which_it_says_something_else_and_on_no_other(tmp_path: Path) -> None:
    overdue, collected = dt.date(2026, 11, 18), dt.date(2026, 12, 11)
    partly, accepted = samples.decision(), samples.decision("accepted", held=0)
    awaits = status(
        accepted,
        "awaiting_confirmation",
        comparison=COMPARED,
        awaited=Awaited(dt.date(2026, 11, 10), dt.date(2026, 11, 24)),
    )
    closed = status(partly, "superseded", is_latest=False)
    assert days_of_change(status(partly), tmp_path) == [overdue, collected]
    assert days_of_change(status(accepted), tmp_path) == []
    assert days_of_change(status(accepted), tmp_path, is_counted=False) == [collected]
    assert days_of_change(awaits, tmp_path) == [dt.date(2026, 11, 13), collected]
    assert days_of_change(closed, tmp_path) == []


def test_what_was_returned_is_to_be_corrected_too_and_what_others_stand_beside_is_not(tmp_path: Path) -> None:
    rejected = samples.decision("rejected", held=386)
    returned = status(rejected, "refused", refusal="outcome", represents_key=True)
    assert days_of_change(returned, tmp_path) == [dt.date(2026, 11, 18), dt.date(2026, 12, 11)]
    assert gathered(returned, samples.AS_OF, tmp_path).deadlines == Deadlines(dt.date(2026, 11, 17), True)
    beside = status(rejected, "refused", refusal="outcome", represents_key=False)
    assert gathered(beside, samples.AS_OF, tmp_path).deadlines == Deadlines()


def test_a_day_that_passes_changes_no_workbook(tmp_path: Path) -> None:
    facts = [gathered(status(samples.decision()), day, tmp_path) for day in DAYS]
    assert len({told.told("0") for told in facts}) == 3
    assert len({told.workbook_told("0") for told in facts}) == 1
    assert facts[0].workbook_told("1") != facts[0].workbook_told("0")


def test_what_a_unit_is_told_names_all_that_it_owes() -> None:
    told = DAY.of_unit("HRSS.440305")
    assert told == replace(
        Sending("inbox/HRSS/440305/", "市局业务联系人", told.datasets, dt.date(2026, 12, 11), Workdays(5, 3, 10, 3, 2))
    )
    assert "training_record" in told.datasets and "wage_guidance" not in told.datasets


@pytest.mark.parametrize(
    ("standing", "changes", "said"),
    [
        ("superseded", {"is_latest": False}, "这一份无须处理；须更正、核对的，在现行有效的报送中处理。"),
        ("merged", {"is_latest": False}, "这一份无须处理；须更正、核对的，在现行有效的报送中处理。"),
        ("standing", {}, "把整份文件（不只是改过的行）按原渠道、同一报告期重新报送"),
        ("refused", {"refusal": "outcome"}, "把整份文件（不只是改过的行）按原渠道、同一报告期重新报送"),
    ],
)
def test_what_is_closed_asks_for_nothing(standing: Standing, changes: dict[str, Any], said: str) -> None:
    decision = samples.decision("rejected" if standing == "refused" else "partly_accepted")
    placed = status(decision, standing, **changes)
    text = Page(submission_page(SubmissionFacts(decision, status=placed, stands="CAB-y", in_site=True))).text
    assert said in text
    assert ("无须处理" in text) == (not placed.is_open)


@pytest.mark.parametrize(
    ("standing", "changes", "said"),
    [
        ("standing", {}, "已按“本期无数据”接收，不作逾期未报"),
        (
            "awaiting_confirmation",
            {"comparison": COMPARED, "awaited": Awaited(dt.date(2026, 11, 13), dt.date(2026, 11, 27))},
            "待本单位确认，确认以前不作“本期无数据”处理",
        ),
        ("refused", {"refusal": "lapsed"}, "收到“本期无数据”，未采用"),
        ("refused", {"refusal": "declined"}, "收到“本期无数据”，未采用"),
    ],
)
def test_nothing_to_report_is_said_to_be_taken_only_where_it_is(
    standing: Standing, changes: dict[str, Any], said: str
) -> None:
    empty = samples.decision("accepted", received=0, held=0)
    decision = replace(empty, reading=replace(empty.reading, is_nothing=True))
    facts = SubmissionFacts(decision, status=status(decision, standing, **changes), stands="CAB-y", in_site=True)
    text = Page(submission_page(facts)).text
    assert said in text and ("不作逾期未报" in text) == (standing == "standing")


def test_what_is_fetched_is_told_and_where_to_send_when_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "connections.yaml"
    path.write_text(
        "connections:\n  edu: {channel: sftp, host: sftp.invalid, user: u, host_key: 'SHA256:x', password: '${P}'}\n"
        "feeds:\n  EDU/competition: {connection: edu, path: out}\n",
        "utf-8",
    )
    monkeypatch.setenv("SKILLS_CONNECTIONS", str(path))
    told = SendingDay(samples.AS_OF).of_unit("EDU")
    assert told.fetched == (("sftp", ("competition",)),)
    assert SendingDay(samples.AS_OF).of_unit("CAB").fetched == ()
    assert SendingDay(samples.AS_OF).of_submission("EDU", "certificate", is_awaited=True).fetched == ()
    text = Page(submission_page(SubmissionFacts(samples.decision(), in_site=True, sending=told))).text
    assert "由系统定时从贵单位的SFTP 服务器读取，不必另行报送。" in text
    assert "临时报送到" in text and "inbox/EDU/" in text
    plain = Page(submission_page(SubmissionFacts(samples.decision(), in_site=True, sending=DAY.of_unit("CAB")))).text
    assert "临时报送到" not in plain and "自动取数" not in plain
