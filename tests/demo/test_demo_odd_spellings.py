"""The demo's ordinary files hold most of the 42 kinds of mess that departments send (the numbers are F1 to F42)."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo import write
from ingest.readers import Opened, Unreadable, open_file
from warehouse.store.data_root import Root
from warehouse.vocabulary.period import parse


@dataclass(frozen=True)
class Sent:
    """One file: its name, its bytes, and what a reader makes of them (null: nothing)."""

    name: str
    content: bytes
    opened: Opened | None
    cells: frozenset[str]

    def has(self, pattern: str) -> bool:
        return any(re.search(pattern, cell) for cell in self.cells)

    def merges(self, least_top: int) -> bool:
        """Cells merged downwards, from a row on."""
        return self.opened is not None and any(
            area.bottom > area.top >= least_top for sheet in self.opened.sheets for area in sheet.merged
        )


def encoded(encoding: str) -> Callable[[Sent], bool]:
    return lambda sent: sent.opened is not None and sent.opened.encoding == encoding


def of_kind(kind: str) -> Callable[[Sent], bool]:
    return lambda sent: sent.opened is not None and sent.opened.kind == kind and sent.name.endswith(".xls")


def formatted(sent: Sent) -> bool:
    """More rows in the XML than hold a cell with something in it."""
    if sent.opened is None or sent.opened.kind != "xlsx":
        return False
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        rows = sum(archive.read(name).count(b"<row ") for name in archive.namelist() if "/worksheets/" in name)
    return rows > sum(sheet.height for sheet in sent.opened.sheets) + 100


def explained(sent: Sent) -> bool:
    return sent.opened is not None and len(sent.opened.sheets) > 1 and "说明" in str(sent.opened.sheets[0].name)


MESS: dict[int, Callable[[Sent], bool]] = {
    1: lambda sent: sent.has(r"^\d\.\d+E\+1[67]$"),
    3: lambda sent: sent.has(r"^['‘]\d"),
    4: lambda sent: sent.has(r"^\d{17}x$"),
    5: lambda sent: sent.has("^[０-９]{11,18}"),
    6: lambda sent: sent.has("[\u202d\u200b\ufeff]"),
    7: lambda sent: sent.has("^[\u4e00-\u9fff]\u3000[\u4e00-\u9fff]$"),
    8: encoded("gb18030"),
    9: encoded("utf-8-sig"),
    10: encoded("utf-16"),
    11: lambda sent: sent.has("^[\u4e00-\u9fff]+[?\ue000-\uf8ff]$"),
    12: of_kind("html"),
    13: of_kind("tsv"),
    14: of_kind("xml"),
    16: lambda sent: "EncryptedPackage".encode("utf-16-le") in sent.content,
    17: lambda sent: sent.has("^深圳市.*(明细|备案|报表|目录|预测)$"),
    18: lambda sent: sent.has(r"^\*?(主管部门|填报部门|预测年度).*："),
    19: lambda sent: sent.has("^学员信息$"),
    20: lambda sent: sent.merges(1) and sent.name.startswith("VET"),
    21: lambda sent: sent.has("^合计$"),
    22: lambda sent: sent.has("^填表人:"),
    24: formatted,
    27: explained,
    28: lambda sent: sent.has(r"\n|^\*|\(必填\)|^[\u4e00-\u9fff]  [\u4e00-\u9fff]$"),
    29: lambda sent: sent.has("^所属科室$"),
    30: lambda sent: sent.has(r"^\d{4}(\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日)$"),
    31: lambda sent: sent.has(r"^4[56]\d{3}$"),
    33: lambda sent: sent.has("^(男|女|男性|女性|M|F)$"),
    34: lambda sent: sent.has("^(√|×|Y|N|有)$"),
    35: lambda sent: sent.has(r"^\d+(\.\d+)?(学时|%)$"),
    36: lambda sent: sent.has(r"元$|\(万元\)|^\d{1,3},\d{3}\.\d\d$"),
    38: lambda sent: sent.has(r"^(无|/|-)$"),
    42: lambda sent: sent.has("^(南山区|福田区|宝安区|深圳市.*局)$"),
}


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    root = Root(tmp_path_factory.mktemp("mess"))
    first, last = parse("2025-11"), parse("2026-01")
    assert first is not None
    assert last is not None
    write(root, first, last, scale=0.1, seed=7)
    return [of(path, root.inbox) for path in sorted(root.inbox.rglob("*")) if path.is_file()]


def of(path: Path, inbox: Path) -> Sent:
    content = path.read_bytes()
    try:
        opened = open_file(content)
    except Unreadable:
        opened = None
    cells = (
        {cell for sheet in opened.sheets for column in sheet.columns for cell in column.unique().to_pylist() if cell}
        if opened
        else set()
    )
    return Sent(str(path.relative_to(inbox)), content, opened, frozenset(cells))


def test_ordinary_files_hold_at_least_25_kinds_of_mess(sent: list[Sent]) -> None:
    met = Counter(number for file in sent for number, is_met in MESS.items() if is_met(file))
    copies = Counter(hashlib.sha256(file.content).hexdigest() for file in sent if len(file.content) > 1000)
    met[41] += sum(count > 1 for count in copies.values())
    assert [number for number in [*MESS, 41] if not met[number]] == []
    assert len(met) >= 25
