from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace

import pyarrow as pa
import pytest

from expectations import compiled
from pages import words
from pages.render import findings as told
from pages.render.findings import SHOWN_ROWS
from pages.render.submission import Context, submission_files, submission_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary.submission import Explanation, Outcome, Rows, Supplement
from warehouse.vocabulary.tables import FINDING

ID = "440301199001011234"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=FINDING)


def test_the_first_screen_says_outcome_counts_and_next_step() -> None:
    text = Page(submission_page(samples.decision(), samples.findings())).text
    assert "收到 386 行\uff0c接受 374 行\uff1b12 行有错、暂存待更正" in text
    assert text.index("下一步") < text.index("错在哪里") < text.index("逐行清单") < text.index("读到了什么")


@pytest.mark.parametrize(
    ("outcome", "held", "word"),
    [
        ("accepted", 0, "全部接受"),
        ("rejected", 386, "全部退回"),
        ("unreadable", 0, "没有读出任何数据行"),
    ],
)
def test_every_outcome_has_its_sentence(outcome: Outcome, held: int, word: str) -> None:
    assert word in Page(submission_page(samples.decision(outcome, held=held), [samples.file_finding()])).text


def test_without_findings_there_is_nothing_to_do_and_no_empty_list() -> None:
    text = Page(submission_page(samples.decision("accepted", held=0), [])).text
    assert "不用再做什么" in text
    assert "错在哪里" not in text
    assert "逐行清单" not in text


def test_an_accepted_file_with_warnings_is_not_told_that_it_is_wrong() -> None:
    warning = samples.finding(samples.RULES[3], 2)
    text = Page(submission_page(samples.decision("accepted", held=0), [warning])).text
    assert "有 1 处须核对" in text and "另有" not in text
    assert "要核对什么、怎么改" in text and "错在哪里" not in text


def test_an_empty_file_of_the_right_kind_is_told_apart_from_a_full_one() -> None:
    text = Page(submission_page(samples.decision("accepted", received=0, held=0), [])).text
    assert "其中没有数据行" in text


def test_an_unreadable_file_shows_why() -> None:
    decision = samples.decision("unreadable")
    page = Page(submission_page(decision, [samples.file_finding("FL002", "文件已损坏。")]))
    assert "文件已损坏。" in page.text
    assert "文件的末尾不完整" in page.text
    assert "逐行清单" not in page.text


def test_rules_come_worst_first_with_rows_and_share() -> None:
    rows = [*samples.findings(200), samples.file_finding()]
    groups = told.by_rule(told.listed(rows), 386)
    assert groups[0].rule == "FL008"
    assert [group.severity for group in groups] == ["critical"] * 4 + ["warning"] * 2
    critical = [group.rows for group in groups[1:4]]
    assert critical == sorted(critical, reverse=True)
    assert sum(group.count for group in groups) == 201


def test_two_findings_of_a_rule_on_one_row_are_one_row() -> None:
    once = samples.finding(samples.RULES[0], 5)
    twice = told.listed([once, once | {"field": "person_name"}])
    (group,) = told.by_rule(twice, 1_000)
    assert (group.count, group.rows, group.share) == (2, 1, "0.1%")


def test_findings_against_other_submissions_stand_apart_and_change_no_count() -> None:
    page = Page(submission_page(samples.decision("accepted", held=0), [], Context(across=samples.across())))
    assert "与其他报送的核对" in page.text
    assert "不用再做什么" in page.text


def test_hostile_names_stay_text() -> None:
    decision = samples.decision(
        file_name=f"{HOSTILE}.xlsx", sheet=HOSTILE, headers=((HOSTILE, "id_no"), (HOSTILE + "b", None))
    )
    rows = [samples.finding(samples.RULES[0], 1, sheet=HOSTILE, value=HOSTILE, message=HOSTILE, expected=HOSTILE)]
    page = Page(submission_page(decision, rows))
    assert not page.mistakes
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert HOSTILE in page.text


def test_identifiers_in_names_are_masked_everywhere() -> None:
    decision = samples.decision(file_name=f"{ID}.xlsx", sheet=f"张三{ID}", headers=((f"证件{ID}", "id_no"),))
    rows = [
        samples.finding(samples.RULES[0], 1, sheet=f"张三{ID}", value=ID, message=f"{ID}不对", expected="13800138000")
    ]
    texts = submission_files(decision, rows)
    for name in (f"{decision.submission_id}.html", f"{decision.submission_id}.csv"):
        assert ID not in texts[name]
        assert "13800138000" not in texts[name]


def test_of_5_000_findings_the_page_shows_the_first_and_points_to_their_list() -> None:
    rows = samples.findings(5_000)
    found = table(rows)
    page = submission_page(samples.decision(received=9_000, held=4_000), found, Context(in_site=True))
    read = Page(page)
    assert len([row for row in read.all("tr") if "data-kind" in row]) == SHOWN_ROWS
    assert "共 5,000 处\uff0c这里列出前 1,000 处" in read.text
    assert "CAB-training_record-2026-01-5f2b9c0d1e3a.csv" in read.addresses()


def test_the_same_findings_in_any_order_or_form_give_the_same_bytes() -> None:
    rows = samples.findings(80)
    shuffled = random.Random(1).sample(rows, len(rows))
    first = submission_page(samples.decision(), rows)
    assert submission_page(samples.decision(), shuffled) == first
    assert submission_page(samples.decision(), table(rows)) == first


def test_what_was_explained_or_let_pass_asks_for_nothing_more_and_says_so() -> None:
    rows = [
        samples.finding(samples.RULES[3], 2, explanation="经核对属实。", explained_at=samples.DELIVERED),
        samples.finding(samples.RULES[0], 4, exception_id="EX-1"),
    ]
    assert told.tally(told.listed(rows)) == told.Tally(0, 0, 0, 1, 1)
    context = Context(in_site=True, exceptions={"EX-1": "新系统切换。"})
    text = Page(submission_page(samples.decision("accepted", held=0), rows, context)).text
    assert "没有还要处理的问题" in text and "不用再做什么" in text
    assert "已说明（2026年2月9日）：经核对属实。" in text
    assert "按例外 EX-1 放行：新系统切换。" in text


def test_answered_findings_come_behind_open_ones_of_their_severity() -> None:
    rows = [
        samples.finding(samples.RULES[3], 1, explanation="属实。"),
        samples.finding(samples.RULES[3], 2),
        samples.finding(samples.RULES[0], 3),
    ]
    assert [finding["row_index"] for finding in told.listed(rows)] == [3, 2, 1]


def test_a_workbook_that_can_be_sent_back_is_named_with_what_to_write_in_it() -> None:
    context = Context(in_site=True, correction="corrections/CAB/x.xlsx")
    text = Page(submission_page(samples.decision(), samples.findings(), context)).text
    first_screen = text[: text.rindex("错在哪里")]
    for word in ("corrections/CAB/x.xlsx", "（补报）", "（重报）", "“作废”", "“说明”"):
        assert word in first_screen


def test_only_doubts_against_others_lead_to_the_workbook_too() -> None:
    context = Context(in_site=True, correction="corrections/CAB/x.xlsx", across=samples.across())
    text = Page(submission_page(samples.decision("accepted", held=0), [], context)).text
    assert "“与其他报送的核对”有 1 处" in text and "（补报）" in text


def test_a_supplement_says_what_it_did() -> None:
    plain = samples.decision("accepted", held=0)
    done = Supplement(
        "CAB-earlier", "CAB-whole", corrected=3, added=1, withdrawn=2, explained=(Explanation(4, "属实。"),)
    )
    decision = replace(plain, rows=Rows(388, 386, 0, 2), reading=replace(plain.reading, supplement=done, withdrawn=2))
    page = Page(submission_page(decision, [], Context(in_site=True, kind="supplement")))
    assert "更正 3 行、新增 1 行、作废 2 行、说明 1 行" in page.text
    assert "接受 386 行，作废 2 行" in page.text and "100%" in page.text
    assert "../CAB/CAB-earlier.html" in page.addresses()


def test_nothing_to_report_is_told_plainly() -> None:
    empty = samples.decision("accepted", received=0, held=0)
    text = Page(submission_page(replace(empty, reading=replace(empty.reading, is_nothing=True)), [])).text
    assert "本期无数据：已按“本期无数据”接收，不算缺报" in text


def test_signed_or_not_is_said_where_it_can_be_known() -> None:
    decision = samples.decision("accepted", held=0)
    assert "未签字" in Page(submission_page(decision, [], Context(in_site=True))).text
    assert "已签字" in Page(submission_page(decision, [], Context(in_site=True, confirmed_at=samples.DELIVERED))).text
    assert "签字" not in Page(submission_page(decision, [])).text


def test_every_rule_says_why_and_leads_to_its_page() -> None:
    check = compiled.of("training_record")["TR001"]
    page = Page(
        submission_page(
            samples.decision(), [samples.finding(samples.RULES[1], 3)], Context(in_site=True, checks={"TR001": check})
        )
    )
    assert words.prose(check.why) in page.text
    assert "../rules/TR001.html" in page.addresses()


def test_links_lead_to_neighbours_only_within_the_site() -> None:
    alone = Page(submission_page(samples.decision(), samples.findings()))
    assert all(address.startswith("#") for address in alone.addresses())
    inside = Page(submission_page(samples.decision(), samples.findings(), Context(in_site=True, replaced_by="CAB-x")))
    assert {"../index.html", "../CAB/index.html", "../CAB/CAB-x.html"} <= set(inside.addresses())


def test_a_refused_file_says_which_submission_still_counts() -> None:
    decision = samples.decision("rejected", held=386)
    text = Page(submission_page(decision, [samples.file_finding()], Context(still_counts="CAB-earlier"))).text
    assert "此前接受的报送继续有效" in text
    assert "CAB-earlier" in text


def test_what_was_read_shows_every_column_and_what_was_left_out() -> None:
    text = Page(submission_page(samples.decision(), [])).text
    for word in ("所属科室", "没有用到的列", "表头在第 3 行", "合计行 1 行", "没有做的检查 1 项", "3f9a1c07"):
        assert word in text


def test_every_rule_named_in_the_list_has_its_block() -> None:
    page = Page(submission_page(samples.decision(), samples.findings()))
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {address[1:] for address in page.addresses()} <= ids


def test_the_csv_holds_all_findings_and_no_formula() -> None:
    rows = [
        samples.finding(samples.RULES[3], place, value=value, message="\t=1", expected=None)
        for place, value in enumerate(("=HYPERLINK(1)", "+1", "-1", "@x", "\r=1", "正常", None), 1)
    ]
    text = told.csv_text(samples.decision(), rows)
    assert text.startswith("\ufeff")
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["报送值"] for row in read] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'=1", "正常", ""]
    assert {row["问题"] for row in read} == {"'=1"}
    assert {row["字段名称"] for row in read} == {"理论成绩"}


def test_the_csv_says_since_when_and_what_was_answered() -> None:
    rows = [
        samples.finding(
            samples.RULES[3],
            1,
            state="persisting",
            opened_at=samples.DELIVERED,
            explanation="=属实",
            exception_id="EX-1",
        ),
        samples.finding(samples.RULES[3], 2),
    ]
    read = list(csv.DictReader(io.StringIO(told.csv_text(samples.decision(), rows).removeprefix("\ufeff"))))
    answered = {row["行号"]: [row[name] for name in ("状态", "首次出现", "情况说明", "例外编号")] for row in read}
    assert answered == {"4": ["仍存在", "2026年2月9日", "'=属实", "EX-1"], "5": ["", "", "", ""]}


def test_what_was_found_against_other_submissions_stands_in_json_and_csv() -> None:
    decision, context = samples.decision(), Context(across=samples.across())
    written = submission_files(decision, samples.findings(), context)
    found = json.loads(written[f"{decision.submission_id}.json"])
    assert [one["rule"] for one in found["across"]] == [one["rule"] for one in samples.across()]
    assert len(found["findings"]) == len(samples.findings())
    read = list(csv.DictReader(io.StringIO(written[f"{decision.submission_id}.csv"].removeprefix("\ufeff"))))
    ranges = [row["核对范围"] for row in read]
    assert ranges.count("与其他报送") == len(samples.across())
    assert ranges.count("本份报送") == len(samples.findings())


def test_the_json_has_exactly_the_keys_that_others_rely_on() -> None:
    decision = samples.decision()
    read = json.loads(submission_files(decision, samples.findings())[f"{decision.submission_id}.json"])
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
        text = submission_page(
            samples.decision(outcome),
            [*samples.findings(), samples.file_finding()],
            Context(in_site=True, across=samples.across()),
        )
        page = Page(text)
        assert not page.mistakes
        assert not [address for address in page.addresses() if ":" in address or address.startswith("//")]
        assert "@import" not in text
        assert "http" not in text.replace("http-equiv", "")
        assert "url(" not in text.replace("url(#hatch)", "")
