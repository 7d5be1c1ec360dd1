"""The opening balance on pages: each unit its own rows and what it may sign, the bureau all, excess first."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pages import words
from pages.gather import opening_balance
from pages.gather.bureau import BureauFacts
from pages.gather.department import DepartmentFacts, digests
from pages.gather.opening_balance import Balances, Signing
from pages.gather.sources import Sources
from pages.render.bureau import bureau_files, bureau_page
from pages.render.department import department_files, department_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.published.publication import Publication
from warehouse.store import records
from warehouse.store.data_root import Root
from warehouse.store.records import BackFilesSigned
from warehouse.vocabulary.mart import marts

HIDDEN = ("covered", "remaining", "written_off", "excess", "is_exceeded")
TITLE = "2025年1—10月基数核对"


def row(target: str, unit: str, declared: int, covered: int, **changes: Any) -> dict[str, Any]:
    """As the mart has it of a unit that has not signed."""
    state = "back_filled" if covered >= declared else "partly_verified" if covered else "unverified"
    return {
        "target_id": target,
        "reading": "main",
        "period": "2025-2027",
        "department_code": unit.partition(".")[0],
        "unit_code": unit,
        "part_code": "all",
        "part_name": None,
        "declared": Decimal(declared),
        "covered": covered,
        "remaining": Decimal(max(declared - covered, 0)),
        "written_off": Decimal(0),
        "excess": Decimal(max(covered - declared, 0)),
        "is_exceeded": covered > declared,
        "state": state,
        "verified_share": Decimal(min(declared, covered)) / declared,
        "document": None,
    } | changes


SIGNED = row("T01", "EMB", 10, 4, remaining=Decimal(0), written_off=Decimal(6), state="back_filled")
RECOGNISED = row("T01", "JUS", 10, 0, state="recognised", document="深人社函〔2026〕1号")
SMALL = row("T05", "VET", 10, 7, period="2025") | dict.fromkeys(HIDDEN)
ROWS = [
    row("T02", "HRSS", 9, 3),
    row("T02", "HRSS", 9, 3, reading="with_permits"),
    row("T01", "HRSS", 12345, 45),
    row("T01", "HRSS.440305", 20, 0),
    row("T07", "HCD", 2, 3, part_code="02", part_name="施工现场专业人员培训"),
    row("T07", "HCD", 3, 0, part_code="undivided", part_name="未分项"),
    SIGNED,
    RECOGNISED,
    SMALL,
]
GRID = [
    {"department_code": unit.partition(".")[0], "unit_code": unit, "dataset": dataset}
    for unit, dataset in (
        ("EMB", "training_class"),
        ("HCD", "training_record"),
        ("HRSS", "aggregate_summary"),
        ("HRSS", "certificate"),
        ("HRSS", "institution_directory"),
        ("HRSS.440305", "training_class"),
        ("HRSS.440305", "training_record"),
        ("JUS", "aggregate_summary"),
        ("VET", "support_service"),
    )
]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A publication that holds `ROWS`."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as published")
    for table in (opening_balance.MART, "rpt_submission_grid"):
        columns = ", ".join(f"{name} {kind}" for name, kind in marts()[table].columns.items())
        connection.execute(f"create table published.{table} ({columns})")
    for line in ROWS:
        marks = ", ".join("?" for _ in line)
        connection.execute(
            f"insert into published.{opening_balance.MART} ({', '.join(line)}) values ({marks})", [*line.values()]
        )
    for table in ("submission", "delivery"):
        connection.execute(f"create table {table} (department_code varchar, submission_id varchar, problem varchar)")
    connection.execute("create table finding (submission_id varchar)")
    current = Publication(tmp_path / "p", {"tables": dict.fromkeys([opening_balance.MART])})
    return Sources(Root(tmp_path / "data").make(), samples.AS_OF, (), (), str, connection, current)


def sign(sources: Sources, unit: str, dataset: str, is_complete: bool = True) -> None:
    records.add(sources.root, BackFilesSigned(unit, dataset, is_complete, "甲", "乙", "", records.now()))


def of(sources: Sources, code: str) -> Balances:
    return opening_balance.balances(sources, code, [cell for cell in GRID if cell["department_code"] == code])


def test_a_department_sees_itself_and_its_units_and_a_unit_itself_alone(sources: Sources) -> None:
    told = of(sources, "HRSS")
    assert [(line["target_id"], line["unit_code"], line["reading"]) for line in told.rows] == [
        ("T01", "HRSS", "main"),
        ("T01", "HRSS.440305", "main"),
        ("T02", "HRSS", "main"),
        ("T02", "HRSS", "with_permits"),
    ]
    alone = told.of_unit("HRSS.440305")
    assert [line["unit_code"] for line in alone.rows] == ["HRSS.440305"]
    assert alone.to_sign == [Signing("HRSS.440305", "training_class"), Signing("HRSS.440305", "training_record")]


def test_what_may_be_signed_holds_rows_of_a_target_of_which_something_remains(sources: Sources) -> None:
    """A dataset of totals, one of no such target, one where nothing remains and one recognised may not."""
    assert of(sources, "HRSS").to_sign == [
        Signing("HRSS", "certificate"),
        Signing("HRSS.440305", "training_class"),
        Signing("HRSS.440305", "training_record"),
    ]
    assert of(sources, "EMB").to_sign == []
    assert of(sources, "JUS").to_sign == []
    assert of(sources, "VET").to_sign == [Signing("VET", "support_service")]


def test_what_was_signed_is_open_no_more_until_it_is_opened_again(sources: Sources) -> None:
    sign(sources, "HRSS.440305", "training_class")
    told = of(sources, "HRSS")
    assert told.signed == [Signing("HRSS.440305", "training_class")]
    assert Signing("HRSS.440305", "training_class") not in told.to_sign
    sign(sources, "HRSS.440305", "training_class", is_complete=False)
    assert of(sources, "HRSS").signed == []
    assert Signing("HRSS.440305", "training_class") in of(sources, "HRSS").to_sign


def test_a_balance_that_moves_writes_the_page_of_its_department_anew(sources: Sources) -> None:
    before = digests(sources)
    sources.connection.execute(f"update published.{opening_balance.MART} set covered = 5 where unit_code = 'EMB'")
    after = digests(sources)
    assert {code for code in before if before[code] != after[code]} == {"EMB"}


def test_a_publication_of_before_balances_were_reconciled_has_none(sources: Sources) -> None:
    older = Sources(
        sources.root,
        sources.as_of,
        (),
        (),
        str,
        sources.connection,
        Publication(Path("p"), {"tables": {}}),
    )
    assert of(older, "HRSS") == Balances()
    assert opening_balance.balance_rows(older) == ()
    assert TITLE not in Page(department_page(DepartmentFacts("HRSS", samples.AS_OF))).text
    assert TITLE not in Page(bureau_page(BureauFacts(samples.AS_OF))).text


def test_the_page_of_a_unit_says_what_remains_and_how_to_sign(sources: Sources) -> None:
    page = department_page(
        DepartmentFacts("HRSS", samples.AS_OF, grid=samples.grid(departments=("HRSS",)), balances=of(sources, "HRSS"))
    )
    read = Page(page)
    assert not read.mistakes
    assert TITLE in read.text
    assert "12,345 人次4512,30000.3%部分核实" in read.text
    assert "含许可类证书" in read.text
    assert f"市级部门（{words.dataset('certificate')}）；南山区（{words.dataset('training_class')}、" in read.text
    assert "填报人和审签人（不得为同一人）联名书面告知联系人" in read.text
    assert "请向市局说明原因" not in read.text


def test_rows_that_exceed_what_was_declared_are_for_the_unit_to_explain(sources: Sources) -> None:
    read = Page(department_page(DepartmentFacts("HCD", samples.AS_OF, balances=of(sources, "HCD"))))
    assert "明细多于申报基数的有 1 项，请向市局说明原因" in read.text
    assert "施工现场专业人员培训" in read.text and "未分项" in read.text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("EMB", "10 人次406100%已回补"),
        ("JUS", "10 人次0100100%经认定 深人社函〔2026〕1号"),
        ("VET", "10 人不公布不公布不公布不公布不公布部分核实"),
    ],
)
def test_each_state_is_said_with_what_it_leaves(sources: Sources, code: str, said: str) -> None:
    text = Page(department_page(DepartmentFacts(code, samples.AS_OF, balances=of(sources, code)))).text
    assert said in text


def test_the_bureau_sees_totals_by_target_and_units_with_excess_first() -> None:
    facts = BureauFacts(samples.AS_OF, balances=ROWS)
    sums = [
        (total.first["target_id"], total.units, total.declared, total.remaining, total.verified)
        for total in opening_balance.by_target(ROWS)
    ]
    assert sums == [
        ("T02", 1, Decimal(9), Decimal(6), Decimal(3)),
        ("T01", 4, Decimal(12385), Decimal(12330), Decimal(65)),
        ("T07", 1, Decimal(5), Decimal(3), Decimal(2)),
        ("T05", 1, Decimal(10), None, None),
    ]
    assert [unit.unit_code for unit in opening_balance.by_unit(ROWS)] == [
        "HCD",
        "EMB",
        "HRSS",
        "HRSS.440305",
        "JUS",
        "VET",
    ]
    read = Page(bureau_page(facts))
    assert not read.mistakes
    assert "明细多于基数 1 项" in read.text
    assert "含许可类证书" not in read.text


def test_the_facts_lie_beside_the_pages(sources: Sources) -> None:
    facts = DepartmentFacts("EMB", samples.AS_OF, balances=of(sources, "EMB"))
    assert json.loads(department_files(facts)["EMB/index.json"])["opening_balance"][0]["written_off"] == "6.0000"
    told = json.loads(bureau_files(BureauFacts(samples.AS_OF, balances=ROWS))["index.json"])["opening_balance"]
    assert len(told) == len(ROWS)


def test_every_state_of_the_mart_has_a_word() -> None:
    said = marts()[opening_balance.MART].descriptions["state"]
    assert all(f"{state} {word}" in said for state, word in words.BALANCE_STATES.items())
