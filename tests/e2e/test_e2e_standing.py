"""What stands keeps standing, through real runs over small files: slips, questions, answers, signatures.

Runs take, decide, judge and report; what dbt makes of the register is tested there.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from ingest.pool import Pool
from orchestration.pipeline import deciding, history, sign_off
from orchestration.pipeline import run as steps
from pages import site_map
from pages.gather import department as gather
from pages.gather.correction_workbook import StandingWorkbooks
from pages.gather.sources import Sources, connected
from pages.render.department import department_page
from tests.ingest.files import HEADERS, ROW, xlsx
from tests.ingest.test_ingest_readers import OLE2
from tests.pages.report_html import Page
from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, confirmation_sheet, correction_columns
from warehouse.vocabulary.errors import OperatorError

BEGUN = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
DATASET, FILE = "training_record", "training_record_2026-01.xlsx"
TOO_LONG = 4000
ENCRYPTED = OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


def table(*hours: int, remark: str = "") -> bytes:
    rows = [(*ROW[:2], f"SZ-CAB-{number:04}", ROW[3], str(hour), *ROW[5:]) for number, hour in enumerate(hours)]
    return xlsx([HEADERS, *rows], sheet=f"数据{remark}")


def of_next_month(count: int) -> bytes:
    rows = [(*ROW[:2], f"SZ-CAB-{number:04}", *ROW[3:], "2026-02-20") for number in range(count)]
    return xlsx([(*HEADERS, "结业时间"), *rows])


class House:
    """A data root whose clock stands where the test puts it, and the processes that read for its runs."""

    def __init__(self, root: Root) -> None:
        self.root, self.now, self.readers = root, BEGUN, Pool()

    def run(self, files: Mapping[str, bytes], days: int = 0) -> None:
        """Sends the files and lets a run take, decide, judge and report, so many days later."""
        self.now += dt.timedelta(days=days, minutes=10)
        for at, (name, content) in enumerate(files.items()):
            path = self.root.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.with_name(f"{path.name}.done").touch()  # nobody waits until it is quiet
            moment = self.now.timestamp() - 300 + at
            os.utime(path, (moment, moment))
        run = steps.Run(self.root, clock.day_of(self.now), self.now, shared_readers=self.readers)
        run.open()
        try:
            deciding.pull(run)
            deciding.take_answers(run, DATASET)
            deciding.decide(run, DATASET, deciding.to_decide(run, DATASET))
            deciding.pull_unrecognised(run)
            steps.judge(run)
            list(steps.report(run))
        finally:
            run.close()

    @property
    def submissions(self) -> list[dict[str, Any]]:
        return pq.read_table(self.root.register / "submission.parquet").to_pylist()

    def standing(self, department: str) -> dict[str, Any]:
        (row,) = (row for row in self.submissions if row["unit_code"] == department and row["standing"] == "standing")
        return row

    def latest(self, department: str) -> dict[str, Any]:
        (row,) = (row for row in self.submissions if row["unit_code"] == department and row["is_latest"])
        return row

    def page(self, department: str) -> Page:
        """As the reports write it once a publication stands, but for the grid, which is its mart's."""
        statuses = history.statuses(self.root, clock.day_of(self.now))
        with connected(self.root, None) as connection:
            sources = Sources(self.root, clock.day_of(self.now), statuses, (), str, connection, None)
            return Page(department_page(gather.department(sources, department, {}, StandingWorkbooks())))

    def report(self, row: Mapping[str, Any]) -> Page:
        return Page((self.root.reports / site_map.report(row["unit_code"], row["submission_id"])).read_text())

    def workbook(self, row: Mapping[str, Any]) -> Path:
        return self.root.path / site_map.correction_workbook(row["unit_code"], row["submission_id"])

    def sheet(self, row: Mapping[str, Any]) -> Path:
        return self.root.path / site_map.confirmation_sheet(row["unit_code"], row["submission_id"])

    def corrected(self, row: Mapping[str, Any]) -> bytes:
        """The workbook with its hours put right."""
        book = openpyxl.load_workbook(self.workbook(row))
        for sheet in book:
            for cell in (cell for line in sheet.iter_rows() for cell in line):
                if sheet.title not in correction_columns.BESIDE and str(cell.value) == str(TOO_LONG):
                    cell.value = "40"
        return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def filled(sheet: Path, **answers: str) -> bytes:
    book = openpyxl.load_workbook(sheet)
    for row in book[confirmation_sheet.TITLE].iter_rows(max_col=2):
        if row[0].value in answers:
            row[1].value = answers[row[0].value]
    return saved(book)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    root = Root(tmp_path / "data").make()
    keys.make_key(root)
    house = House(root)
    monkeypatch.setattr(clock, "now", lambda: house.now)
    yield house
    house.readers.close()


def test_slips_change_nothing_of_what_stands_and_what_was_signed_is_known(house: House) -> None:
    hours = [40] * 9
    house.run({f"CAB/{FILE}": table(TOO_LONG, *hours), f"EDU/{FILE}": table(TOO_LONG, *hours)})
    old, foreign = house.workbook(house.standing("CAB")).read_bytes(), house.workbook(house.standing("EDU"))
    house.run({f"CAB/{FILE}": table(TOO_LONG, *hours, remark="二")})
    before = house.standing("CAB")
    workbook = house.workbook(before).read_bytes()
    house.run(
        {
            "CAB/training_record_2026-01(加密).xlsx": ENCRYPTED,
            "CAB/training_record_2026-01(2月).xlsx": of_next_month(10),
            "CAB/旧.xlsx": old,
            "CAB/教育.xlsx": foreign.read_bytes(),
        }
    )
    assert house.standing("CAB") == before | {"is_latest": False}
    assert house.workbook(before).read_bytes() == workbook
    page = house.page("CAB").text
    listed = page[page.index("未采用的来件") :]
    for slip in ("(加密)", "(2月)", "旧.xlsx", "教育.xlsx"):
        assert slip in listed
    for why in ("文件无法读取", "校验未通过", "现有数据继续有效", "市教育局"):
        assert why in listed
    assert house.report(house.latest("CAB")).text.count("此前的报送继续有效") == 1

    sign_off.confirm(house.root, before["submission_id"], "张三", "李四")
    house.run({})
    assert "已审签" in house.report(house.standing("CAB")).text
    house.run({f"CAB/{before['submission_id']}.xlsx": house.corrected(before)})
    after = house.standing("CAB")
    assert (after["submission_kind"], after["held_rows"], after["has_confirmed_other"]) == ("correction", 0, True)
    for read in (house.page("CAB"), house.report(after)):
        assert "内容有变，需重新审签" in read.text
    sign_off.confirm(house.root, after["submission_id"], "张三", "李四")
    house.run({})
    assert "内容有变" not in house.page("CAB").text


def test_what_loses_much_waits_for_its_units_word(house: House) -> None:
    whole, few, nothing = table(*[40] * 156), table(*[40] * 4), xlsx([HEADERS, ("本期无数据",)])
    departments = ("CAB", "EDU", "COM", "TRA", "VET")
    house.run({f"{code}/{FILE}": whole for code in departments[:4]} | {f"VET/{FILE}": table(TOO_LONG, *[40] * 155)})
    stood = {code: house.standing(code) for code in departments}
    house.run({f"{code}/{FILE}": nothing if code == "TRA" else few for code in departments})
    asked = {code: house.latest(code) for code in departments}
    assert {row["standing"] for row in asked.values()} == {"awaiting_confirmation"}
    assert {code: house.standing(code)["submission_id"] for code in departments} == {
        code: row["submission_id"] for code, row in stood.items()
    }
    question = "本次 4 条，现有 156 条，减少 152 条（97%）。现有数据继续有效。是否整份替换？"
    assert question in house.report(asked["CAB"]).text
    assert all(house.sheet(row).is_file() for row in asked.values())
    asked_cells = [cell.value for line in openpyxl.load_workbook(house.sheet(asked["CAB"])).active for cell in line]
    assert question in asked_cells

    blank = house.sheet(asked["COM"]).read_bytes()
    yes = filled(house.sheet(asked["CAB"]), 本单位答复="是", 答复人="张三")
    sign_off.answer(house.root, asked["EDU"]["submission_id"], False, "李四", None)
    house.run(
        {
            "CAB/答复.xlsx": yes,
            "COM/确认单.xlsx": blank,
            "EDU/确认单.xlsx": yes,
            f"VET/{stood['VET']['submission_id']}.xlsx": house.corrected(stood["VET"]),
        }
    )
    assert house.standing("CAB")["submission_id"] == asked["CAB"]["submission_id"]
    assert not house.sheet(asked["CAB"]).exists()
    assert house.standing("EDU") == stood["EDU"] | {"is_latest": False}
    assert house.latest("EDU")["refusal"] == "declined"
    assert "本单位答复”没有填写" in house.page("COM").text
    assert asked["CAB"]["submission_id"] in house.page("EDU").text  # a sheet in another unit's folder
    assert house.latest("COM")["standing"] == "awaiting_confirmation"
    patched = house.standing("VET")
    assert (patched["submission_kind"], patched["received_rows"], patched["held_rows"]) == ("correction", 156, 0)

    house.run({"CAB/再答.xlsx": filled_again(yes)}, days=21)
    assert "已经答复，不再等待确认" in house.page("CAB").text
    assert house.standing("CAB")["submission_id"] == asked["CAB"]["submission_id"]
    for code in ("COM", "TRA"):
        assert house.latest(code)["refusal"] == "lapsed"
        assert house.standing(code)["submission_id"] == stood[code]["submission_id"]
        assert "逾期未确认，已放弃" in house.page(code).text and not house.sheet(asked[code]).exists()
    with pytest.raises(OperatorError, match="awaits no confirmation"):
        sign_off.answer(house.root, asked["COM"]["submission_id"], True, "李四", None)


def filled_again(sheet: bytes) -> bytes:
    """The sheet, saved once more with the opposite answer."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    for row in book[confirmation_sheet.TITLE].iter_rows(max_col=2):
        if row[0].value == confirmation_sheet.ANSWER:
            row[1].value = "否"
    return saved(book)
