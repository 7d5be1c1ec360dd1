"""A submission's report: what its page says and leads to, and the JSON and CSV beside it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from expectations import compiled
from pages import words
from pages.gather.findings import Findings, Tally, listed, tally
from pages.gather.slices import Slice
from pages.gather.submission import SubmissionFacts
from pages.render.findings import SHOWN_ROWS
from pages.render.submission import submission_files, submission_page, submission_texts
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.store.records import Comparison
from warehouse.store.standing import Awaited, Refusal, Standing, SubmissionStatus
from warehouse.vocabulary.submission import Decision, Explanation, Outcome, Rows, Supplement
from warehouse.vocabulary.tables import FINDING

ID = "440301199001011234"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def page(decision: Decision, findings: Findings = (), **facts: Any) -> str:
    return submission_page(SubmissionFacts(decision, findings, **facts))


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=FINDING)


def test_the_first_screen_says_outcome_counts_and_next_step() -> None:
    text = Page(page(samples.decision(), samples.findings())).text
    assert "收到 386 行\uff0c校验通过 374 行\uff1b12 条记录待更正" in text
    assert text.index("下一步") < text.index("错在哪里") < text.index("逐行清单") < text.index("读到了什么")


@pytest.mark.parametrize(
    ("outcome", "held", "word"),
    [
        ("accepted", 0, "全部校验通过"),
        ("rejected", 386, "全部退回"),
        ("unreadable", 0, "没有读出任何数据行"),
    ],
)
def test_every_outcome_has_its_sentence(outcome: Outcome, held: int, word: str) -> None:
    assert word in Page(page(samples.decision(outcome, held=held), [samples.file_finding()])).text


def test_without_findings_there_is_nothing_to_do_and_no_empty_list() -> None:
    text = Page(page(samples.decision("accepted", held=0), [])).text
    assert "无须处理" in text
    assert "错在哪里" not in text
    assert "逐行清单" not in text


def test_an_accepted_file_with_warnings_is_not_told_that_it_is_wrong() -> None:
    warning = samples.finding(samples.RULES[3], 2)
    text = Page(page(samples.decision("accepted", held=0), [warning])).text
    assert "有 1 处须核对" in text and "另有" not in text
    assert "要核对什么、怎么改" in text and "错在哪里" not in text


def test_an_empty_file_of_the_right_kind_is_told_apart_from_a_full_one() -> None:
    text = Page(page(samples.decision("accepted", received=0, held=0), [])).text
    assert "其中没有数据行" in text


def test_an_unreadable_file_shows_why() -> None:
    decision = samples.decision("unreadable")
    read = Page(page(decision, [samples.file_finding("FL002", "文件已损坏。")]))
    assert "文件已损坏。" in read.text
    assert "文件的末尾不完整" in read.text
    assert "逐行清单" not in read.text


def test_findings_against_other_submissions_stand_apart_and_change_no_count() -> None:
    read = Page(page(samples.decision("accepted", held=0), samples.across()))
    assert "与其他报送的核对" in read.text
    assert "无须处理" in read.text


def test_hostile_names_stay_text() -> None:
    decision = samples.decision(
        file_name=f"{HOSTILE}.xlsx", sheet=HOSTILE, headers=((HOSTILE, "id_no"), (HOSTILE + "b", None))
    )
    rows = [samples.finding(samples.RULES[0], 1, sheet=HOSTILE, value=HOSTILE, message=HOSTILE, expected=HOSTILE)]
    read = Page(page(decision, rows))
    assert not read.mistakes
    assert len(read.all("script")) == 1
    assert not read.all("img")
    assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
    assert HOSTILE in read.text


def test_identifiers_in_names_are_masked_everywhere() -> None:
    decision = samples.decision(file_name=f"{ID}.xlsx", sheet=f"张三{ID}", headers=((f"证件{ID}", "id_no"),))
    rows = [
        samples.finding(samples.RULES[0], 1, sheet=f"张三{ID}", value=ID, message=f"{ID}不对", expected="13800138000")
    ]
    texts = submission_texts(SubmissionFacts(decision, rows))
    for ending in ("html", "csv"):
        assert ID not in texts[ending]
        assert "13800138000" not in texts[ending]


def test_of_5_000_findings_the_page_shows_the_first_and_points_to_their_list() -> None:
    rows = samples.findings(5_000)
    read = Page(page(samples.decision(received=9_000, held=4_000), table(rows), in_site=True))
    assert len([row for row in read.all("tr") if "data-kind" in row]) == SHOWN_ROWS
    assert "共 5,000 处\uff0c这里列出前 1,000 处" in read.text
    assert "CAB-training_record-2026-01-5f2b9c0d1e3a.csv" in read.addresses()


def test_the_same_findings_in_any_order_or_form_give_the_same_bytes() -> None:
    rows = samples.findings(80)
    shuffled = random.Random(1).sample(rows, len(rows))
    first = page(samples.decision(), rows)
    assert page(samples.decision(), shuffled) == first
    assert page(samples.decision(), table(rows)) == first


def test_what_was_explained_or_let_pass_asks_for_nothing_more_and_says_so() -> None:
    rows = [
        samples.finding(samples.RULES[3], 2, explanation="经核对属实。", explained_at=samples.DELIVERED),
        samples.finding(samples.RULES[0], 4, exception_id="EX-1"),
    ]
    assert tally(listed(rows)) == Tally(0, 0, 0, 1, 1)
    text = Page(
        page(samples.decision("accepted", held=0), rows, in_site=True, exceptions={"EX-1": samples.EXCEPTION})
    ).text
    assert "没有还要处理的问题" in text and "无须处理" in text
    assert "已说明（2026年2月9日）：经核对属实。" in text
    assert "按例外 EX-1 放行：新系统切换（李** 批准，至多 5 行，报告期不晚于 2026-12-31）" in text


def test_a_workbook_that_can_be_sent_back_is_named_with_what_to_write_in_it() -> None:
    decision = samples.decision()
    text = Page(page(decision, samples.findings(), in_site=True, has_workbook=True)).text
    first_screen = text[: text.rindex("错在哪里")]
    for word in (f"corrections/CAB/{decision.submission_id}.xlsx", "（更正）", "（整份重报）", "“作废”", "“说明”"):
        assert word in first_screen


def test_only_doubts_against_others_lead_to_the_workbook_too() -> None:
    decision = samples.decision("accepted", held=0)
    text = Page(page(decision, samples.across(), in_site=True, has_workbook=True)).text
    assert "“与其他报送的核对”有 1 处" in text and "（更正）" in text


def test_a_supplement_says_what_it_did() -> None:
    plain = samples.decision("accepted", held=0)
    done = Supplement(
        "CAB-earlier",
        ("CAB-earlier", "CAB-x"),
        corrected=3,
        added=1,
        withdrawn=2,
        explained=(Explanation(4, "属实。"),),
    )
    decision = replace(plain, rows=Rows(388, 386, 0, 2), reading=replace(plain.reading, supplement=done, withdrawn=2))
    read = Page(page(decision, [], in_site=True, kind="correction"))
    assert "改动 3 行、新增 1 行、作废 2 行、说明 1 行" in read.text
    assert "校验通过 386 行，作废 2 行" in read.text and "100%" in read.text
    assert "../CAB/CAB-earlier.html" in read.addresses()


def test_nothing_to_report_is_told_plainly() -> None:
    empty = samples.decision("accepted", received=0, held=0)
    text = Page(page(replace(empty, reading=replace(empty.reading, is_nothing=True)), [])).text
    assert "本期无数据：已按“本期无数据”接收，不作逾期未报" in text


def test_signed_or_not_is_said_where_it_can_be_known() -> None:
    decision = samples.decision("accepted", held=0)
    stands = placed("standing")
    assert "未审签" in Page(page(decision, [], in_site=True, status=stands)).text
    assert "已审签" in Page(page(decision, [], in_site=True, confirmed_at=samples.DELIVERED, status=stands)).text
    changed = Page(page(decision, [], in_site=True, has_confirmed_other=True, status=stands)).text
    assert "内容有变\uff0c需重新审签" in changed
    for standing in (None, placed("awaiting_confirmation")):
        assert "审签" not in Page(page(decision, [], in_site=True, status=standing)).text


def test_every_rule_says_why_and_leads_to_its_page() -> None:
    check = compiled.of("training_record")["TR001"]
    read = Page(page(samples.decision(), [samples.finding(samples.RULES[1], 3)], in_site=True))
    assert words.prose(check.why) in read.text
    assert "../rules/TR001.html" in read.addresses()


def placed(standing: Standing, comparison: Comparison | None = None) -> SubmissionStatus:
    refusal: Refusal | None = "declined" if standing == "refused" else None
    return SubmissionStatus(
        samples.decision(),
        "2026-02-05T00:00:00+00:00",
        "2026-02-05T00:00:00+00:00",
        3,
        standing,
        True,
        False,
        False,
        refusal,
        comparison,
        Awaited(dt.date(2026, 2, 5), dt.date(2026, 2, 25)) if standing == "awaiting_confirmation" else None,
    )


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        ("awaiting_confirmation", "本次 4 条，现有 156 条，减少 152 条（97%）。现有数据继续有效。是否整份替换？"),
        ("held_back", "暂缓入库，市局处理中。"),
        ("merged", "这一份已并入后来的更正。"),
        ("superseded", "这一份已被后来的报送替换。"),
        ("refused", "未采用"),
    ],
)
def test_a_report_says_where_its_submission_stands(standing: Standing, said: str) -> None:
    compared = Comparison("CAB-x", "CAB-earlier", "CAB-earlier", 156, 4, 152, "2026-02-05T00:00:00+00:00")
    text = Page(page(samples.decision(), [], status=placed(standing, compared), stands="CAB-earlier")).text
    assert said in text and "CAB-earlier" in text


def test_what_awaits_confirmation_names_the_sheet_and_the_day() -> None:
    compared = Comparison("CAB-x", "CAB-earlier", "CAB-earlier", 156, 4, 152, "2026-02-05T00:00:00+00:00")
    decision = samples.decision()
    status = placed("awaiting_confirmation", compared)
    text = Page(page(decision, [], status=status, stands="CAB-earlier", in_site=True)).text
    assert f"corrections/CAB/确认单-{decision.submission_id}.xlsx" in text
    assert "最迟 2026年2月25日" in text and "待本单位确认" in text.partition("下一步")[2]
    assert "确认单" not in Page(page(decision, [], status=placed("standing"), in_site=True)).text


def test_a_report_says_that_its_rows_grew() -> None:
    grown = Comparison("CAB-x", "CAB-earlier", "CAB-earlier", 100, 160, 0, "2026-02-05T00:00:00+00:00")
    text = Page(page(samples.decision(), [], status=replace(placed("standing"), growth=grown), stands="CAB-x")).text
    assert "本次 160 条，原有 100 条，增加 60 条（60%）" in text


def test_what_is_decided_is_told_before_it_is_counted() -> None:
    told = "已校验，将于下次汇总时计入。"
    standing = placed("standing")
    assert told in Page(page(samples.decision(), [], status=standing, stands="CAB-x", is_counted=False)).text
    assert told not in Page(page(samples.decision(), [], status=standing, stands="CAB-x")).text
    superseded = placed("superseded")
    assert told not in Page(page(samples.decision(), [], status=superseded, stands="CAB-x", is_counted=False)).text


def test_links_lead_to_neighbours_only_within_the_site() -> None:
    alone = Page(page(samples.decision(), samples.findings()))
    assert all(address.startswith("#") for address in alone.addresses())
    inside = Page(
        page(samples.decision(), samples.findings(), in_site=True, status=placed("superseded"), stands="CAB-x")
    )
    assert {"../index.html", "../CAB/index.html", "../CAB/CAB-x.html"} <= set(inside.addresses())


def test_a_refused_file_says_which_submission_still_counts() -> None:
    decision = samples.decision("rejected", held=386)
    refused = replace(placed("refused"), decision=decision, refusal="outcome")
    read = Page(page(decision, [samples.file_finding()], status=refused, stands="CAB-earlier", in_site=True))
    text = read.text
    assert "未采用\uff1a校验未通过" in text
    assert "此前的报送继续有效" in text
    assert "CAB-earlier" in text


def test_what_was_read_shows_every_column_and_what_was_left_out() -> None:
    text = Page(page(samples.decision(), [])).text
    for word in ("所属科室", "未采用的列", "表头在第 3 行", "合计行 1 行", "没有做的检查 1 项", "3f9a1c07"):
        assert word in text


def test_every_rule_named_in_the_list_has_its_block() -> None:
    read = Page(page(samples.decision(), samples.findings()))
    ids = {attributes.get("id") for _, attributes in read.elements}
    assert {address[1:] for address in read.addresses()} <= ids


def test_what_was_found_against_other_submissions_stands_in_json_and_csv() -> None:
    facts = SubmissionFacts(samples.decision(), [*samples.across(), *samples.findings()])
    written = submission_texts(facts)
    report = json.loads(written["json"])
    assert [finding["rule"] for finding in report["across"]] == [finding["rule"] for finding in samples.across()]
    assert len(report["findings"]) == len(samples.findings())
    read = list(csv.DictReader(io.StringIO(written["csv"].removeprefix("\ufeff"))))
    ranges = [row["核对范围"] for row in read]
    assert ranges.count("与其他报送") == len(samples.across())
    assert ranges.count("本份报送") == len(samples.findings())


def test_the_json_has_exactly_the_keys_that_others_rely_on() -> None:
    read = json.loads(submission_texts(SubmissionFacts(samples.decision(), samples.findings()))["json"])
    assert list(read) == [
        "outcome",
        "dataset",
        "department",
        "period",
        "file",
        "rows",
        "columns",
        "findings",
        "checks",
        "versions",
    ]
    assert list(read["file"]) == ["name", "sha256", "bytes", "kind", "encoding", "sheets"]
    assert set(read["findings"][0]) == {
        "rule",
        "severity",
        "field",
        "sheet",
        "row",
        "cell",
        "value",
        "expected",
        "message",
        "fix",
    }
    assert set(read["checks"]) == {"run", "not_run"}
    assert set(read["versions"]) == {"rules", "reference", "program"}
    assert len(read["findings"]) == len(samples.findings())


def test_every_page_is_whole_and_needs_nothing_from_outside() -> None:
    for outcome in ("accepted", "partly_accepted", "rejected", "unreadable"):
        text = page(
            samples.decision(outcome),
            [*samples.findings(), samples.file_finding(), *samples.across()],
            in_site=True,
        )
        read = Page(text)
        assert not read.mistakes
        assert not [address for address in read.addresses() if ":" in address or address.startswith("//")]
        assert "@import" not in text
        assert "http" not in text.replace("http-equiv", "")
        assert "url(" not in text.replace("url(#hatch)", "")


def test_the_site_holds_the_report_and_the_pages_of_its_slices() -> None:
    piece = Slice("district", "district-440305", "南山区", 20, frozenset({1, 3}))
    facts = SubmissionFacts(samples.decision(), samples.findings(), has_workbook=True, slices=[piece], in_site=True)
    name = facts.decision.submission_id
    reports = {f"CAB/{name}.{ending}" for ending in ("html", "json", "csv")}
    assert submission_files(facts).keys() == reports | {f"CAB/{name}/district-440305.html"}


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx"])
def test_a_text_has_rows_and_columns_and_no_cells(kind: str) -> None:
    sent = samples.decision()
    sent = replace(sent, reading=replace(sent.reading, file=replace(sent.reading.file, kind=kind)))
    findings = samples.findings(3)
    page = Page(submission_page(SubmissionFacts(sent, findings)))
    assert (findings[0]["cell"] in page.text) is (kind == "xlsx")
    assert "身份证号" in page.text
