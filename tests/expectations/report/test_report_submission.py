from __future__ import annotations

import csv
import io
import json
import random
import time

import pyarrow as pa
import pytest

from expectations.report import findings as told
from expectations.report.findings import SHOWN_ROWS
from expectations.report.submission import Context, submission_files, submission_page
from tests.expectations.report import report_samples as samples
from tests.expectations.report.report_html import Page
from warehouse.submission import Outcome
from warehouse.tables import FINDING

ID = "440301199001011234"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=FINDING)


def test_the_first_screen_says_outcome_counts_and_next_step() -> None:
    text = Page(submission_page(samples.decision(), samples.findings())).text
    assert "收到 386 行\uff0c接受 374 行\uff1b12 行有错、暂存待更正" in text
    assert text.index("下一步") < text.index("错在哪里") < text.index("逐行清单") < text.index("读到了什么")


@pytest.mark.parametrize(("outcome", "held", "word"), [
    ("accepted", 0, "全部接受"), ("rejected", 386, "全部退回"), ("unreadable", 0, "没有读出任何数据行"),
])
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
    decision = samples.decision(file_name=f"{HOSTILE}.xlsx", sheet=HOSTILE,
                                headers=((HOSTILE, "id_no"), (HOSTILE + "b", None)))
    rows = [samples.finding(samples.RULES[0], 1, sheet=HOSTILE, value=HOSTILE, message=HOSTILE, expected=HOSTILE)]
    page = Page(submission_page(decision, rows))
    assert not page.mistakes
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert HOSTILE in page.text


def test_identifiers_in_names_are_masked_everywhere() -> None:
    decision = samples.decision(file_name=f"{ID}.xlsx", sheet=f"张三{ID}", headers=((f"证件{ID}", "id_no"),))
    rows = [samples.finding(samples.RULES[0], 1, sheet=f"张三{ID}", value=ID, message=f"{ID}不对",
                            expected="13800138000")]
    texts = submission_files(decision, rows)
    for name in (f"{decision.submission_id}.html", f"{decision.submission_id}.csv"):
        assert ID not in texts[name]
        assert "13800138000" not in texts[name]


def test_5_000_findings_are_written_in_a_second_and_pointed_to_their_list() -> None:
    rows = samples.findings(5_000)
    found = table(rows)
    submission_page(samples.decision(), [])
    start = time.perf_counter()
    page = submission_page(samples.decision(received=9_000, held=4_000), found, Context(in_site=True))
    assert time.perf_counter() - start < 1
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
    rows = [samples.finding(samples.RULES[3], place, value=value, message="\t=1", expected=None)
            for place, value in enumerate(("=HYPERLINK(1)", "+1", "-1", "@x", "\r=1", "正常", None), 1)]
    text = told.csv_text(samples.decision(), rows)
    assert text.startswith("\ufeff")
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["报送值"] for row in read] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'=1", "正常", ""]
    assert {row["问题"] for row in read} == {"'=1"}
    assert {row["字段名称"] for row in read} == {"理论成绩"}


def test_the_json_has_exactly_the_keys_that_others_rely_on() -> None:
    decision = samples.decision()
    read = json.loads(submission_files(decision, samples.findings())[f"{decision.submission_id}.json"])
    assert list(read) == ["outcome", "dataset", "department", "period", "file", "rows", "columns", "findings",
                          "checks", "versions"]
    assert list(read["file"]) == ["name", "sha256", "bytes", "kind", "encoding", "sheets"]
    assert set(read["findings"][0]) == {"rule", "severity", "field", "sheet", "row", "cell", "value", "expected",
                                        "message", "fix"}
    assert set(read["checks"]) == {"run", "not_run"}
    assert set(read["versions"]) == {"rules", "reference", "program"}
    assert len(read["findings"]) == len(samples.findings())


def test_every_page_is_whole_and_needs_nothing_from_outside() -> None:
    for outcome in ("accepted", "partly_accepted", "rejected", "unreadable"):
        text = submission_page(samples.decision(outcome), [*samples.findings(), samples.file_finding()],
                               Context(in_site=True, across=samples.across()))
        page = Page(text)
        assert not page.mistakes
        assert not [address for address in page.addresses() if ":" in address or address.startswith("//")]
        assert "@import" not in text
        assert "http" not in text.replace("http-equiv", "")
        assert "url(" not in text.replace("url(#hatch)", "")
