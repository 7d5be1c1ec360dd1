"""What a sender is told of a file that is not taken: the true reason, and of several the first in order."""

from __future__ import annotations

import datetime as dt
import functools
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive
from ingest.channels import whole_files
from ingest.pool import Pool
from ingest.read import read
from ingest.readers import write_protection
from ingest.recognise import placed_remarks
from orchestration.pipeline.check_file import Asked, answer
from tests.ingest.files import HEADERS, ROW, delimited, xls, xlsx
from tests.ingest.locks import container, locked_xls, locked_xlsx
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Delivery

Send = Callable[[str, bytes], Delivery]
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DATASET = "training_record"
TABLE = [HEADERS, ROW]
CERTIFICATES = [[field.title for field in contract.dataset("certificate").fields], ["x"] * 30]
LOCKED = locked_xlsx(xlsx(TABLE), "1234")
DAMAGED = xlsx(TABLE)[:-400]
PICTURE = b"\x89PNG\r\n\x1a\n"
GUARDED = b"b\x14#e\x10\x01\xda\x05E-SafeNet\0\0\0LOCK" + bytes(range(256))
OTHERS = xlsx([["填报单位：深圳市交通运输局"], *TABLE])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root on a server whose clock has gone on for an hour whenever somebody looks: all that lies there is quiet."""
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    return Root(tmp_path).make()


@pytest.fixture(scope="module")
def readers() -> Iterator[Pool]:
    """One worker for all files: each would take half a second to start."""
    with Pool(workers=1) as pool:
        yield pool


@pytest.fixture
def send(root: Root, readers: Pool) -> Send:
    """Lays one file into the inbox, and tells what becomes of it."""
    return functools.partial(sent, root, readers)


def sent(root: Root, readers: Pool, name: str, content: bytes) -> Delivery:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = dt.datetime(2026, 2, 10, 8, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))
    look = receive.look(root, readers)
    pulled = receive.receive(root, feeds.feeds(), now=NOW, channel=look)
    return (pulled or receive.receive_unrecognised(root, now=NOW, channel=look))[0]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (locked_xlsx(xlsx(TABLE)), "xlsx"),
        (locked_xls(xls(TABLE * 60)), "xls"),
        (locked_xlsx(xlsx([["标题"], *TABLE] + [ROW] * 900)), "xlsx"),
    ],
)
def test_what_excel_locked_with_its_own_password_is_read(content: bytes, kind: str) -> None:
    table, reading = read(content, "x", DATASET)
    assert (reading.problem, reading.file.kind) == (None, kind)
    assert table["id_no__sent"][0].as_py() == ROW[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LOCKED, "打开密码"),
        (locked_xls(xls(TABLE), "1234"), "打开密码"),
        (container({"EncryptionInfo": b"?", "EncryptedPackage": b"?" * 99}), "打开密码"),
        (container({"DRMEncryptedTransform": b"1", "EncryptedPackage": b"?" * 99}), "权限管理"),
        (GUARDED, "文档加密软件"),
        (b"%TSD-Header-###%" + bytes(500), "文档加密软件"),
    ],
)
def test_what_is_locked_is_told_with_its_cure(content: bytes, said: str) -> None:
    _, reading = read(content, "training_record_2026-01.xlsx", DATASET)
    assert reading.problem == "encrypted"
    assert said in str(reading.detail)


def test_what_excel_locked_and_is_broken_inside_is_told_to_be_protected() -> None:
    """Its sender knows of no password, so that to ask for it would lead nowhere."""
    _, reading = read(locked_xlsx(b"<?xml no workbook"), "training_record_2026-01.xlsx", DATASET)
    assert reading.problem == "encrypted"
    assert "没有设打开密码" in str(reading.detail)


def test_a_lock_that_asks_for_a_hundred_million_spins_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it was, so that nothing else in the container moves."""
    monkeypatch.setattr(write_protection, "_spun", lambda *_: pytest.fail("it was tried"))
    greedy = locked_xlsx(xlsx(TABLE)).replace(b'spinCount="1000" ', b'spinCount="99999999"', 1)
    assert read(greedy, "x", DATASET)[1].problem == "encrypted"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        # locked, before kind, owner, period and name
        ("CAB/报送.xlsx", LOCKED, "打开密码"),
        ("CAB/training_record_2024-01.xlsx", LOCKED, "打开密码"),
        ("CAB/wage_guidance_2025.xlsx", GUARDED, "文档加密软件"),
        ("CAB/440305/training_record_2026-01.xlsx", LOCKED, "打开密码"),
        ("training_record_2026-01.xlsx", LOCKED, "打开密码"),
        # damaged
        ("CAB/报送.xlsx", DAMAGED, "损坏"),
        ("CAB/training_record_2024-01.xlsx", DAMAGED, "损坏"),
        ("ABC/x.xlsx", DAMAGED, "损坏"),
        # what kind of file
        ("CAB/扫描件.xlsx", PICTURE, "PNG 图片"),
        ("CAB/报送.doc", container({"WordDocument": b"x"}), "Word 文档"),
        ("CAB/training_record_2028-01.xlsx", b"%PDF-1.4\n", "PDF 文档"),
        ("CAB/空.csv", b"", "0 字节"),
        # whose
        ("CAB/training_record_2024-01.xlsx", OTHERS, "应由深圳市交通运输局报送，请放到文件夹 TRA"),
        ("CAB/wage_guidance_2025.xlsx", OTHERS, "TRA"),
        ("CAB/交通运输局培训明细.xlsx", xlsx([["a", "b"], ["1", "2"]]), "TRA"),
        # period
        ("CAB/training_record_2024-01.xlsx", xlsx([["a", "b"], ["1", "2"]]), "2024年1月的不接收"),
        ("CAB/training_record_2024-01.xlsx", xlsx([["2026年1月培训明细"], *TABLE]), "文件里写的是2026年1月"),
        ("CAB/报送.xlsx", xlsx(TABLE), "看不出报告期"),
        # header, name
        ("CAB/报送_2026年1月.xlsx", xlsx([["a", "b"], ["1", "2"]]), "看不出是哪一种数据"),
        ("CAB/wage_guidance_2025.xlsx", xlsx(TABLE), "文件内容像《培训人次实名制明细》"),
        ("CAB/wage_guidance_2025.xlsx", xlsx([["a", "b"], ["1", "2"]]), "请核对文件名"),
    ],
)
def test_the_first_true_reason_is_told(send: Send, name: str, content: bytes, said: str) -> None:
    delivery = send(name, content)
    assert delivery.submission is None
    assert said in str(delivery.problem)


@pytest.mark.parametrize(
    ("above", "said"),
    [
        (["2025年12月培训人次实名制明细"], "2025年12月"),
        (["填报单位：文体局", None, "报告期：2025-11"], "2025年11月"),
        (["培训明细（2026年2月）", "2026年2月"], "2026年2月"),
        (["2026年1月培训明细", "2025年12月补报"], None),
        (["填报日期：2026年2月5日"], None),
        (["2025年培训明细"], None),
        (["2026年1-2月培训明细"], None),
        (["培训明细"], None),
    ],
)
def test_a_title_of_another_month_than_the_name_is_told(above: list[str], said: str | None) -> None:
    submission_id = "CAB-training_record-2026-01-0123456789ab"
    remarks = read(xlsx([above, *TABLE]), "x.xlsx", DATASET, submission_id=submission_id)[1].remarks
    told = [remark.values for remark in remarks if remark.kind == "other_period"]
    assert told == ([{"said": said, "period": "2026年1月"}] if said else [])
    assert not read(xlsx([above, *TABLE]), "x.xlsx", DATASET)[1].remarks


@pytest.mark.parametrize("content", [LOCKED, DAMAGED, PICTURE, b""])
def test_what_a_name_places_is_decided_though_it_cannot_be_read(send: Send, content: bytes) -> None:
    delivery = send("CAB/training_record_2026-01.xlsx", content)
    assert delivery.submission
    delivery = send("HRSS/certificate_2026-01.xlsx", content + b" ")
    assert delivery.unit == "HRSS"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("CAB/更正/training_record_2026-01.csv", "CAB"),
        ("CAB/补报/training_record_2026-01.csv", "CAB"),
        ("CAB/1月更正材料/training_record_2026-01.csv", "CAB"),
        ("HRSS/440305/更正/training_record_2026-01.csv", "HRSS.440305"),
        ("HRSS/补报/440305/training_record_2026-01.csv", "HRSS.440305"),
    ],
)
def test_folders_of_corrections_are_the_departments(send: Send, name: str, unit: str) -> None:
    delivery = send(name, delimited(TABLE))
    assert (delivery.unit, delivery.period, delivery.problem) == (unit, "2026-01", None)
    assert delivery.submission
    assert placed_remarks(delivery.submission, name) == ()


def test_a_districts_file_among_corrections_of_the_department_is_told_its_folder(send: Send) -> None:
    name = "HRSS/更正/福田区_training_record_2026-01.csv"
    delivery = send(name, delimited(TABLE))
    assert delivery.submission
    assert delivery.unit == "HRSS.440304"
    (remark,) = placed_remarks(delivery.submission, name)
    assert remark.values["folder"] == "HRSS/440304"


@pytest.mark.parametrize("name", ["CAB/a/更正/training_record_2026-01.csv", "CAB/a/b/training_record_2026-01.csv"])
def test_other_folders_below_are_not(send: Send, name: str) -> None:
    assert send(name, delimited(TABLE)).submission is None


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `skills check` writes beside its answer, by its ending."""
    file = tmp_path_factory.mktemp("sent") / "training_record_2026-01.csv"
    file.write_bytes(delimited([*TABLE, [*ROW[:5], "优秀得很", "1"]]))
    written = answer(Asked(file, DATASET, "CAB", "2026-01"), with_pages=True).pages
    return {Path(name).suffix: text for name, text in written.items()} | {"name": next(iter(written))}


def zipped(*contents: bytes) -> bytes:
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.xlsx", content)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("contents", "problem", "said"),
    [
        ([LOCKED], "encrypted", "打开密码"),
        ([PICTURE, DAMAGED, LOCKED], "encrypted", "打开密码"),
        ([PICTURE, DAMAGED], "damaged", "损坏"),
        ([PICTURE], "no_table", "PNG 图片"),
        ([], "no_table", "里面没有文件"),
    ],
)
def test_of_what_is_packed_the_first_reason_is_told(contents: list[bytes], problem: str, said: str) -> None:
    _, reading = read(zipped(*contents), "training_record_2026-01.zip", DATASET)
    assert reading.problem == problem
    assert said in str(reading.detail)
    _, reading = read(zipped(*contents, xlsx(TABLE)), "training_record_2026-01.zip", DATASET)
    assert reading.rows == 1
    assert len(reading.remarks) == len(contents)


@pytest.mark.parametrize(
    ("ending", "said"), [(".csv", "问题清单"), (".json", "问题清单（JSON）"), (".html", "报告页面（HTML）")]
)
def test_a_report_that_comes_back_is_told_what_to_send_instead(
    send: Send, pages: dict[str, str], ending: str, said: str
) -> None:
    content, submission_id = pages[ending].encode(), pages["name"].rpartition(".")[0]
    _, reading = read(content, f"training_record_2026-01{ending}", DATASET)
    assert reading.problem == "report_returned"
    assert reading.rows == 0
    for name in (f"CAB/{submission_id}{ending}", f"CAB/改好的{ending}"):
        problem = str(send(name, content + b"\n").problem)
        assert said in problem
        assert "请在" in problem
        assert "更正工作簿" in problem
    workbook = f"corrections/CAB/{submission_id}.xlsx"
    assert workbook in str(send(f"CAB/更正/{submission_id}{ending}", content).problem)


def test_a_list_of_problems_saved_as_a_workbook_or_packed_is_known_too(pages: dict[str, str]) -> None:
    rows = [line.split(",") for line in pages[".csv"].splitlines()]
    rows[0][0] = rows[0][0].lstrip("\ufeff")
    for content in (xlsx(rows), xls(rows), zipped(pages[".csv"].encode())):
        assert read(content, "x", DATASET)[1].problem == "report_returned"


def test_a_web_page_of_data_is_no_report() -> None:
    page = "<html><head><meta name='generator' content='x'></head><table>{}</table></html>"
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
    assert read(page.format(rows).encode(), "x.xls", DATASET)[1].rows == 1
