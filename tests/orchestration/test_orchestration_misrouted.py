"""Files in the wrong unit's folder: refused with whose they are, kept as received, and nothing else is left of them."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest import limits, receive
from ingest.pool import Pool
from orchestration.pipeline import deciding
from orchestration.pipeline import run as steps
from tests.ingest.files import HEADERS, ROW, delimited, records, xlsx
from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.submission import Decision, Delivery

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DATASETS = ("aggregate_summary", "certificate", "training_record")
PERSON, NUMBER = ROW[:2]
HEADING = "培训人次实名制明细"
Table = Sequence[Sequence[object]]
SUMMARY = ("报告期", "填报单位", "指标", "数量类型", "数值", "计量单位")


class Office:
    """Sends one file into a data root and lets a run take and decide it."""

    def __init__(self, root: Root, readers: Pool) -> None:
        self.root, self._readers = root, readers
        self._minute = 0

    def send(self, name: str, content: bytes) -> tuple[Delivery, Decision | None]:
        path = self.root.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.with_name(f"{path.name}.done").touch()  # nobody waits until it is quiet
        self._minute += 1
        moment = dt.datetime(2026, 2, 10, 8, self._minute, tzinfo=dt.UTC).timestamp()
        os.utime(path, (moment, moment))
        run = steps.Run(self.root, NOW.date(), NOW, shared_readers=self._readers)
        run.open()
        decisions = []
        try:
            deciding.pull(run)
            for dataset in DATASETS:
                decisions += deciding.decide(run, dataset, deciding.undecided(self.root, dataset))
            deciding.pull_unrecognised(run)
        finally:
            run.close()
        return receive.deliveries(self.root)[-1], next(iter(decisions), None)

    def answer(self, name: str, answered: str, rows: Table = (ROW,)) -> tuple[Delivery, Decision | None]:
        """A correction workbook on a submission, under a name; `rows` stood from row 2 on."""
        header = [*HEADERS, correction_columns.place_header(answered), correction_columns.OPINION]
        table = [[*row, correction_columns.row_identity(answered, None, at)] for at, row in enumerate(rows, 2)]
        return self.send(name, xlsx([header, *table]))

    def holds(self, *texts: str) -> list[Path]:
        """Parquet files outside `received/` in which a text stands in a cell."""
        holding = []
        for path in [*self.root.path.glob("held/**/*.parquet"), *self.root.path.glob("decided/**/*.parquet")]:
            said = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
            if any(text in said for text in texts):
                holding.append(path)
        return holding


@pytest.fixture
def office(tmp_path: Path, readers: Pool) -> Office:
    root = Root(tmp_path / "data").make()
    keys.make_key(root)
    return Office(root, readers)


def is_kept(office: Office, delivery: Delivery, content: bytes | None = None) -> bool:
    stored = receive.content_file(office.root, delivery).read_bytes()
    return stored == (office.root.inbox / delivery.name).read_bytes()


JUS = f"JUS-training_record-2026-01-{'a' * 12}"


@pytest.mark.parametrize("name", [f"{JUS}.xlsx", f"更正 {JUS}(1).xlsx", "新建工作簿.xlsx"])
def test_a_foreign_workbook_is_no_submission(office: Office, name: str) -> None:
    delivery, decision = office.answer(f"CAB/{name}", JUS)
    assert (delivery.submission, decision) == (None, None)
    assert "应由深圳市司法局报送，请放到文件夹 JUS。" in str(delivery.problem)
    assert is_kept(office, delivery)
    assert not office.holds(PERSON, NUMBER)
    assert not list(office.root.held.glob("training_record/CAB*"))


def refused(office: Office, decision: Decision | None) -> str:
    """The sentence of a decision that refuses a file of another unit, of which no row is left."""
    assert decision is not None
    assert (decision.outcome, decision.reading.problem) == ("rejected", "wrong_unit")
    assert (decision.rows.received, decision.rows.held, decision.rows.accepted) == (0, 0, 0)
    assert not office.holds(PERSON, NUMBER)
    folder = office.root.decision_folder(decision)
    assert pq.read_table(folder / "accepted.parquet").num_rows == 0
    (finding,) = pq.read_table(folder / "findings.parquet").to_pylist()
    assert finding["rule"] == "FL025"
    return str(finding["message"])


def test_a_foreign_workbook_under_our_name_is_refused_with_its_place(office: Office) -> None:
    delivery, decision = office.answer("CAB/training_record_2026-01.xlsx", JUS)
    assert "文件夹 JUS" in refused(office, decision)
    assert is_kept(office, delivery)


@pytest.mark.parametrize(
    ("content", "whose"),
    [
        (xlsx([[f"深圳市司法局2026年1月{HEADING}"], HEADERS, ROW]), "深圳市司法局"),
        (xlsx([["填报单位：深圳市司法局（盖章）"], HEADERS, ROW]), "深圳市司法局"),
        (xlsx([[HEADING], ["填报单位", "市司法局"], HEADERS, ROW]), "深圳市司法局"),
        (xlsx([[f"深圳市人力资源和社会保障局2026年1月{HEADING}"], HEADERS, ROW]), "深圳市人力资源和社会保障局"),
        (xlsx([["填报单位：福田区人力资源局"], HEADERS, ROW]), "深圳市人力资源和社会保障局福田区"),
        ('{"报送单位": "市司法局", "data": '.encode() + records(HEADERS, [ROW]) + b"}", "深圳市司法局"),
        (delimited([["深圳市司法局", HEADING], HEADERS, ROW]), "深圳市司法局"),
        (xlsx([["深圳市司法局"], ["本期无数据"]]), "深圳市司法局"),
    ],
)
def test_a_foreign_file_is_refused_by_what_it_says_of_itself(office: Office, content: bytes, whose: str) -> None:
    delivery, decision = office.send("CAB/training_record_2026-01.xlsx", content)
    assert f"应由{whose}报送" in refused(office, decision)
    assert is_kept(office, delivery)


@pytest.mark.parametrize(
    "content",
    [
        xlsx([[f"深圳市民政局2026年1月{HEADING}"], ["填报单位：深圳市民政局"], HEADERS, ROW]),
        xlsx([[f"深圳市司法局2026年1月{HEADING}"], ["填报单位：深圳市民政局"], HEADERS, ROW]),
        xlsx([[f"深圳市人力资源和社会保障局 {HEADING}"], HEADERS, ROW]),  # a form that the lead department issued
        xlsx([["填报单位：福田区民政局"], HEADERS, ROW]),  # passed on for a district without a folder
        xlsx([["关于深圳市司法局培训班的说明"], HEADERS, ROW]),
        xlsx([["填报单位：某培训学校"], HEADERS, ROW]),
    ],
)
def test_a_file_that_may_be_ours_is_taken(office: Office, content: bytes) -> None:
    _, decision = office.send("CAB/training_record_2026-01.xlsx", content)
    assert decision is not None
    assert decision.reading.problem is None
    assert decision.reading.rows == 1


@pytest.mark.parametrize("name", ["市司法局培训人次实名制明细2026年1月.xlsx", "JUS_training_record_2026-01.xlsx"])
def test_a_file_named_for_another_department_is_no_submission(office: Office, name: str) -> None:
    delivery, decision = office.send(f"CAB/{name}", xlsx([HEADERS, ROW]))
    assert (delivery.submission, decision) == (None, None)
    assert "请放到文件夹 JUS。" in str(delivery.problem)


def summary(*departments: str) -> bytes:
    return xlsx(
        [SUMMARY, *[("2026-01", name, f"T{at:02}", "当期", "5", "人次") for at, name in enumerate(departments, 1)]]
    )


def test_a_single_row_of_another_unit_stays_a_finding(office: Office) -> None:
    _, decision = office.send("CAB/aggregate_summary_2026-01.xlsx", summary("CAB", "JUS", "CAB", "CAB", "CAB"))
    assert decision is not None
    assert (decision.reading.problem, decision.rows.received) == (None, 5)
    findings = pq.read_table(office.root.decision_folder(decision) / "findings.parquet").to_pylist()
    assert [finding["row"] for finding in findings if finding["rule"] == "AS001"] == [3]


def test_a_table_whose_every_row_is_another_units_is_refused(office: Office) -> None:
    _, decision = office.send("CAB/aggregate_summary_2026-01.xlsx", summary("司法局", "JUS", "深圳市司法局"))
    assert "文件夹 JUS" in refused(office, decision)


DISTRICT = f"HRSS.440304-certificate-2026-01-{'b' * 12}"
CERTIFICATE = ("姓名", "证件号码", "证书编号", "证书类型", "发证日期", "发证机构")
HELD = (PERSON, NUMBER, "S000044030426000001", "01", "2026-01-05", "某评价机构")


def district_workbook(rows: Table = (HELD,)) -> bytes:
    header = [*CERTIFICATE, correction_columns.place_header(DISTRICT)]
    table = [[*row, correction_columns.row_identity(DISTRICT, None, at)] for at, row in enumerate(rows, 2)]
    return xlsx([header, *table])


@pytest.mark.parametrize("name", [f"{DISTRICT}.xlsx", "certificate_2026-01.xlsx", "新建工作簿.xlsx"])
def test_a_districts_workbook_in_its_departments_folder_is_the_districts(office: Office, name: str) -> None:
    delivery, decision = office.send(f"HRSS/{name}", district_workbook())
    assert (delivery.unit, delivery.dataset, delivery.period) == ("HRSS.440304", "certificate", "2026-01")
    assert decision is not None
    (remark,) = decision.reading.remarks
    assert (remark.kind, remark.values["folder"]) == ("in_departments_folder", "HRSS/440304")


@pytest.mark.parametrize(
    "content",
    [
        xlsx([["填报单位：福田区人力资源局"], CERTIFICATE, HELD]),
        xlsx([["福田区人力资源局2026年1月证书明细"], CERTIFICATE, HELD]),
        xlsx([["填报单位", "福田区"], CERTIFICATE, HELD]),
    ],
)
def test_a_districts_whole_file_in_its_departments_folder_is_the_districts(office: Office, content: bytes) -> None:
    delivery, decision = office.send("HRSS/certificate_2026-01.xlsx", content)
    assert delivery.unit == "HRSS.440304"
    assert decision is not None
    assert "in_departments_folder" in [remark.kind for remark in decision.reading.remarks]
    placed, decision = office.send("HRSS/440304/certificate_2026-01.xlsx", content + b"\n")
    assert placed.unit == "HRSS.440304"
    assert decision is None or not decision.reading.remarks


@pytest.mark.parametrize(
    ("folder", "answered"),
    [("HRSS/440305", DISTRICT), ("HRSS/440304", f"HRSS-certificate-2026-01-{'c' * 12}"), ("EMB", DISTRICT)],
)
def test_one_districts_workbook_is_not_anothers(office: Office, folder: str, answered: str) -> None:
    delivery, decision = office.answer(f"{folder}/{answered}.xlsx", answered)
    assert (delivery.submission, decision) == (None, None)
    owner = answered.partition("-certificate")[0]
    assert f"请放到文件夹 {owner.replace('.', '/')}。" in str(delivery.problem)
    assert not office.holds(PERSON, NUMBER)


def test_a_districts_file_in_another_districts_folder_is_refused(office: Office) -> None:
    content = xlsx([["填报单位：福田区人力资源局"], CERTIFICATE, HELD])
    _, decision = office.send("HRSS/440305/certificate_2026-01.xlsx", content)
    assert "文件夹 HRSS/440304" in refused(office, decision)


def test_a_workbook_that_answers_nothing_leaves_no_row(office: Office) -> None:
    """Of the own unit, but of a submission that it never sent."""
    _, decision = office.answer("CAB/training_record_2026-01.xlsx", f"CAB-training_record-2026-01-{'d' * 12}")
    assert decision is not None
    assert (decision.outcome, decision.reading.problem) == ("rejected", "answers_nothing")
    assert (decision.rows.received, decision.rows.held) == (0, 0)
    assert not office.holds(PERSON, NUMBER)


@pytest.mark.parametrize("name", ["certificate_2026-01.xlsx", f"{DISTRICT}.xlsx"])
def test_what_is_too_large_to_open_is_placed_by_its_name(
    office: Office, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.Limits, "oversize", lambda *_: "文件过大。")
    delivery, _ = office.send(f"HRSS/{name}", district_workbook())
    assert delivery.unit == ("HRSS.440304" if DISTRICT in name else "HRSS")
    assert delivery.problem == "文件过大。"
