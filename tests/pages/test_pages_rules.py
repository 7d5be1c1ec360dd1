"""The pages of the rules: every check has one that says why, what to do and, for a rule, shows examples."""

from __future__ import annotations

from typing import Any

import pytest

from demo.workbooks import PREPARER
from expectations import compiled
from expectations.compiled import Check
from expectations.missing_source import missing_sources
from expectations.outcome import FILE_CHECKS
from pages import site_map
from pages.gather.rules import rules
from pages.render.rules import NOT_RUN, example_table, example_value, rule_files, rule_page
from tests.pages.report_html import Page
from warehouse.vocabulary import contract, reference

FILES = rule_files(rules())
CHECKS = {check.code: check for name in (*contract.names(), compiled.ACROSS) for check in compiled.load(name)}


def test_every_check_has_a_page_a_why_and_a_fix() -> None:
    for code, check in (*FILE_CHECKS.items(), *CHECKS.items()):
        page = Page(FILES[site_map.rule(code)])
        assert not page.mistakes, code
        assert check.why, code
        assert check.fix, code
        assert check.why in page.text, code
        assert code in page.text, code


def has_basis(check: Check) -> bool:
    return check.basis is not None


def test_every_rule_has_examples_and_shows_them() -> None:
    by_code = {rule.code: rule for rule in rules()}
    for name in (*contract.names(), compiled.ACROSS):
        for check in filter(has_basis, compiled.load(name)):
            examples = compiled.examples()[check.code][check.dataset]
            assert any(rows for world in examples.passes for rows in world.values()), check.code
            assert any(rows for world in examples.fails for rows in world.values()), check.code
            assert by_code[check.code].passes, check.code
            assert len(Page(FILES[site_map.rule(check.code)]).all("table")) >= 2, check.code


def test_what_cannot_run_yet_has_a_page_with_the_reason() -> None:
    for source in missing_sources():
        assert source.reason in Page(FILES[site_map.rule(source.code)]).text


def test_the_pages_lead_only_to_each_other_and_load_only_their_stylesheet() -> None:
    for path, text in FILES.items():
        if path == site_map.RULE_STYLE:
            continue
        addresses = set(Page(text).addresses())
        assert "style.css" in addresses
        assert {f"rules/{address}" for address in addresses if address != f"../{site_map.BUREAU}"} <= set(FILES), path
        assert "style=" not in text, f"{path}: its policy forbids inline styles"


def test_the_pages_are_small() -> None:
    sizes = sorted(len(text) for path, text in FILES.items() if path not in (site_map.RULES, site_map.RULE_STYLE))
    assert sizes[len(sizes) // 2] < 2_500
    assert sizes[-1] < 20_000


def test_the_index_lists_every_check_of_every_dataset() -> None:
    read = Page(FILES[site_map.RULES])
    assert not read.mistakes
    shown = [
        (row["data-kind"], link["href"])
        for row, link in zip(
            [row for row in read.all("tr") if "data-kind" in row],
            [link for link in read.all("a") if str(link["href"])[:2] != ".."],
            strict=True,
        )
    ]
    wanted = [
        (contract.dataset(check.dataset).title, f"{check.code}.html")
        for name in (*contract.names(), compiled.ACROSS)
        for check in compiled.load(name)
    ]
    assert set(wanted) <= set(shown)
    assert len(shown) == len(set(shown)) == len(wanted) + len(FILE_CHECKS) + len(missing_sources())
    assert (NOT_RUN, "R06.html") in shown


@pytest.mark.parametrize(
    ("dataset", "field", "value", "shown"),
    [
        ("subsidy_payment", "amount", 200050, "2000.50"),
        ("training_class", "is_public_welfare", True, "是"),
        ("training_class", "fee_charged", False, "否"),
        ("training_class", "project_type", None, "（空）"),
        ("training_record", "exam_result", "1", "1 合格"),
        ("training_record", "exam_result", "77", "77"),
        ("training_class", "programs", "02;77", "02 施工现场专业人员培训；77"),
        ("training_record", "attended_hours", 7.5, "7.5"),
    ],
)
def test_examples_are_shown_as_a_clerk_writes_them(dataset: str, field: str, value: Any, shown: str) -> None:
    assert example_value(value, contract.dataset(dataset).field(field)) == shown


def test_columns_of_examples_bear_their_headers() -> None:
    table = example_table(
        "training_record",
        [{"id_no": "1", "id_no__sent": "'1", "period_end_date": "2026-06-30"}, {"sex": "1"}],
        titled=True,
    )
    assert table.title == "培训人次实名制明细"
    assert table.columns == ["证件号码", "证件号码（原文）", "报告期最后一天", "性别"]
    assert table.rows[1] == ["", "", "", "1 男"]
    assert example_table("known_class", [{"class_id": "1"}], titled=True).columns == ["班级编号"]


def test_no_example_bears_a_name_that_the_demo_may_give_to_somebody() -> None:
    """The pages lie in a data root, where a name of a person who was reported may not."""
    names = {
        str(row[column]).replace(" ", "")
        for examples_by_dataset in compiled.examples().values()
        for examples in examples_by_dataset.values()
        for world in (*examples.passes, *examples.fails)
        for rows in world.values()
        for row in rows
        for column in row
        if column.endswith("_name") and column not in ("occupation_name", "org_name")
    }
    surnames = {row["surname"] for row in reference.table("surnames_weighted")}
    given_names = {row["given_name"] for row in reference.table("given_names")}
    possible = {name for name in names for end in (1, 2) if name[:end] in surnames and name[end:] in given_names}
    assert possible | names & {PREPARER} <= {"张三"}


def test_a_rule_says_what_to_do_in_the_workbook_where_it_is_something_else() -> None:
    pages = {page.rule.code: page for page in map(rule_page, rules())}
    doubled, late = pages["TR.key.duplicate"], pages["TR001"]
    assert doubled.workbook_fix is not None
    assert "作废" in doubled.workbook_fix
    assert late.workbook_fix is None
    told = rule_files(rules())
    assert f"在更正工作簿里：{doubled.workbook_fix}整份重报的：{doubled.fix}" in told[site_map.rule("TR.key.duplicate")]
    assert "在更正工作簿里" not in told[site_map.rule("TR001")]
