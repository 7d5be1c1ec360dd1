"""With whom a person of a sensitive group or unit is doubled stands on no page of another unit, in no workbook and in
no file for programs: a little world of double reports, through the command line to the files that units get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from expectations.between_units import ASK_THE_CITY, DOUBLED
from tests.e2e.conftest import shared
from tests.e2e.harness import AS_OF, ROOMY, Skills, lend
from tests.ingest.files import delimited
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

ALIKE, OF_DPF, OF_CAB, OF_VET, CERTIFIED = (
    ("张丰", "11010519491231002X"),
    ("石一", "431222198201142547"),
    ("赵畅", "410403197712313726"),
    ("戴斌", "441721199110173679"),
    ("周波", "430626198604170856"),
)
CLASS = "SZ-2026-000001"
RECORDS = ("学员姓名", "身份证号", "班级编号", "培训对象类别", "出勤课时", "是否合格", "培训合格", "结业时间")
SERVICES = ("学员姓名", "身份证号", "服务类型", "服务日期", "人员类别", "学历层次", "就读院校", "入学年份")
CERTIFICATES = (
    "学员姓名",
    "身份证号",
    "证书类型",
    "证书号码",
    "职业编码",
    "职业名称",
    "等级",
    "评价机构",
    "核发日期",
    "证书状态",
)
Person = tuple[str, str]
SENSITIVE = {
    "EDU": ("training_record", "support_service", "certificate"),
    "DPF": ("training_record", "certificate"),
    "CAB": ("training_record",),
    "VET": ("support_service",),
}
"""Unit → its datasets with a person who is doubled with a sensitive unit or is of a sensitive group in one report."""


def record(person: Person, category: str = "02") -> tuple[str, ...]:
    return (*person, CLASS, category, "40", "1", "是", "2026-01-17")


def service(person: Person, category: str = "07") -> tuple[str, ...]:
    return (*person, "3", "2026-01-20", category, "30", "深圳开放大学", "2026")


def certificate(person: Person) -> tuple[str, ...]:
    return (
        *person,
        "02",
        "S000044001015264000001",
        "6-25-04-09",
        "物联网安装调试员",
        "4",
        "甲评价中心",
        "20260120",
        "1",
    )


FILES: dict[str, list[Sequence[str]]] = {
    "EDU/training_record_2026-01.csv": [RECORDS, record(ALIKE), record(OF_DPF), record(OF_CAB)],
    "HRSS/training_record_2026-01.csv": [RECORDS, record(ALIKE)],
    "DPF/training_record_2026-01.csv": [RECORDS, record(OF_DPF)],
    "CAB/training_record_2026-01.csv": [RECORDS, record(OF_CAB, "02;09")],
    "EDU/support_service_2026-01.csv": [SERVICES, service(OF_VET)],
    "VET/support_service_2026-01.csv": [SERVICES, service(OF_VET, "09")],
    "EDU/certificate_2026-01.csv": [CERTIFICATES, certificate(CERTIFIED)],
    "DPF/certificate_2026-01.csv": [CERTIFICATES, certificate(CERTIFIED)],
}


@pytest.fixture(scope="module")
def doubled(skills: Skills, tmp_path_factory: pytest.TempPathFactory) -> Root:
    def build(folder: Path) -> None:
        root = Root(folder / "data").make()
        for name, rows in FILES.items():
            path = root.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(delimited(rows))
            path.with_name(f"{path.name}.done").touch()
        lend(skills.root, root)
        Skills(root)("run", "--as-of", AS_OF, SKILLS_KEY="ab" * 32, **ROOMY)

    return shared(tmp_path_factory, "doubled", build)


def texts(root: Root, unit: str) -> Iterator[tuple[Path, str]]:
    """What a unit gets: its pages, the files beside them, and the sheets of its workbooks with rows of its own."""
    for path in (root.reports / unit).rglob("*"):
        if path.suffix in (".html", ".json", ".csv"):
            yield path, path.read_text("utf-8-sig")
    for path in (root.path / "corrections" / unit).rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            if not sheet.title.startswith("代码"):
                yield path, "\n".join(str(value) for row in sheet.values for value in row if value is not None)


def names(unit: str) -> re.Pattern[str]:
    """A unit by its code, also in the id of a submission, or by its name."""
    return re.compile(rf"\b{unit}\b|{reference.unit_title(unit)}|{reference.codes('department')[unit]}")


@pytest.mark.parametrize("unit", SENSITIVE)
def test_nobody_reads_with_whom_a_person_of_a_sensitive_group_is_doubled(doubled: Root, unit: str) -> None:
    """Pages of submissions, of the unit and of slices, what lies beside them, and correction workbooks."""
    told = list(texts(doubled, unit))
    others = [other for other in SENSITIVE if other != unit]
    assert [(path, other) for path, text in told for other in others if names(other).search(text)] == []
    for dataset in SENSITIVE[unit]:
        for ending in (".html", ".json", ".csv", ".xlsx"):
            of_dataset = [text for path, text in told if f"-{dataset}-" in path.name and path.suffix == ending]
            assert any(DOUBLED in text for text in of_dataset), (dataset, ending)
            assert any(ASK_THE_CITY in text for text in of_dataset), (dataset, ending)


def test_of_others_both_units_read_whom_to_ask(doubled: Root) -> None:
    for unit, other in (("EDU", "HRSS"), ("HRSS", "EDU")):
        named = {path.suffix for path, text in texts(doubled, unit) if names(other).search(text)}
        assert named == {".html", ".json", ".csv", ".xlsx"}
    assert not any(DOUBLED in text for _, text in texts(doubled, "HRSS"))
