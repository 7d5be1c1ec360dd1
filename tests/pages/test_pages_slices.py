"""A submission cut by institution and district: whose rows are whose, and what each part's page and workbook hold."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from pages.gather.findings import listed
from pages.gather.slices import SLICE_KINDS, Slice, slices
from pages.gather.submission import SubmissionFacts
from pages.render.correction_workbook import workbook
from pages.render.slices import SLICE_TITLES, slice_page
from pages.render.submission import submission_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary.correction_columns import HOW
from warehouse.vocabulary.submission import SentTable

DISTRICTS = {"440305": "南山区", "440306": "宝安区"}
PART = Slice("institution", "institution-0a1b2c3d4e", "某职业培训学校", 20, frozenset({1, 3}))


def row(index: int, institution: str | None, district: str | None = None, is_wrong: bool = True) -> dict[str, Any]:
    return {
        "row_index": index,
        "is_wrong": is_wrong,
        "institution": institution,
        "institution_name": institution and f"{institution}学校",
        "institution_rows": institution and 9,
        "district": district,
        "district_rows": district and 30,
    }


def token(text: str) -> str:
    return f"{sum(text.encode()):032x}"


@given(
    st.lists(
        st.tuples(st.sampled_from([None, "A", "B", "C"]), st.sampled_from([None, "440305", "440306"]), st.booleans())
    )
)
def test_every_row_is_in_the_slice_of_its_owner_and_in_no_other(
    places: list[tuple[str | None, str | None, bool]],
) -> None:
    rows = [row(index, *place) for index, place in enumerate(places, 1)]
    pieces = slices(rows, token)
    for kind in ("institution", "district"):
        rows_by_title = {piece.title: piece.rows for piece in pieces if piece.kind == kind}
        troubled = {place[kind] for place in rows if place[kind] and place["is_wrong"]}
        assert len(rows_by_title) == (len(troubled) if len(troubled) > 1 else 0)
        title_by_row = {index: title for title, indexes in rows_by_title.items() for index in indexes}
        assert len(title_by_row) == sum(map(len, rows_by_title.values()))
        for place in rows:
            title = f"{place['institution']}学校" if kind == "institution" else DISTRICTS.get(place["district"])
            assert title_by_row.get(place["row_index"]) in (None, title)


def test_file_names_tell_nothing_of_an_institution() -> None:
    name = "张三110105194912310021的培训学校"
    pieces = slices([row(1, name), row(2, "另一所培训学校")], token)
    assert len(pieces) == 2
    assert all(set(piece.name) <= set("institution-0123456789abcdef") for piece in pieces)


def test_the_page_of_a_slice_holds_its_rows_alone() -> None:
    findings = [samples.finding(samples.RULES[0], index, message=f"第{index}处") for index in (1, 2, 3)]
    findings.append(samples.file_finding())
    page = Page(slice_page(SubmissionFacts(samples.decision(), findings), PART, PART.part(listed(findings))))
    assert not page.mistakes
    assert ("第1处" in page.text, "第2处" in page.text, "第3处" in page.text) == (True, False, True)
    assert samples.file_finding()["message"] not in page.text
    name = samples.decision().submission_id
    assert f"corrections/CAB/{name}/{name}-{PART.name}.xlsx" in page.text
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {address[1:] for address in page.addresses() if address.startswith("#")} <= ids


def test_a_report_names_its_slices() -> None:
    facts = SubmissionFacts(samples.decision(), samples.findings(), in_site=True, has_workbook=True, slices=[PART])
    page, name = Page(submission_page(facts)), facts.decision.submission_id
    assert "某职业培训学校" in page.text and f"corrections/CAB/{name}/" in page.text
    assert f"{name}-{PART.name}.xlsx" in page.text
    assert f"../CAB/{name}/institution-0a1b2c3d4e.html" in page.addresses()


def test_the_workbook_of_a_slice_holds_its_rows_to_mend_alone() -> None:
    findings = [
        samples.finding(samples.RULES[0], 1),
        samples.finding(samples.RULES[0], 2),
        samples.finding(samples.RULES[3] | {"severity": "info"}, 3),
    ]
    table = SentTable(
        "明细表",
        [["标题"]],
        ["姓名", "身份证号"],
        ["person_name", "id_no"],
        [4, 5, 6],
        [["甲", "1"], ["乙", "2"], ["丙", "3"]],
    )
    other = SentTable("另一表", [], ["姓名"], ["person_name"], [2], [["丁"]])
    book = openpyxl.load_workbook(io.BytesIO(workbook(samples.decision(), findings, [table, other], PART)))
    assert book.sheetnames == ["明细表", HOW, "代码表", "代码写法"]
    lines = [[cell.value for cell in line[4:7]] for line in book["明细表"].iter_rows(min_row=3)]
    assert lines == [["甲", "1", "明细表!4#5f2b9c0d1e3a"]]
    assert "某职业培训学校" in str(book[HOW]["A1"].value)


def test_every_kind_of_slice_has_a_title() -> None:
    assert tuple(SLICE_TITLES) == SLICE_KINDS
