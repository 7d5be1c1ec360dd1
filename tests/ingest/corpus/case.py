"""A case of the corpus: a file as somebody sent it, and what `skills check` must say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Table = list[list[Any]]
Found = tuple[str, str, str | None, int | None, str | None]
"""Rule, severity, sheet, row, cell."""


@dataclass(frozen=True)
class Base:
    """A dataset that a department reports, with its plainest headers and clean rows."""

    dataset: str
    department: str
    fields: Mapping[str, str]  # header → field
    row: Callable[[int], list[Any]]
    period: str = "2026-01"

    def table(self, rows: int = 4, changes: Mapping[tuple[int, str], Any] | None = None) -> Table:
        """Header and clean rows; `changes`: (row from 1, header) → cell."""
        headers = list(self.fields)
        table = [headers, *(self.row(number) for number in range(1, rows + 1))]
        for (number, header), cell in (changes or {}).items():
            table[number][headers.index(header)] = cell
        return table


@dataclass(frozen=True)
class Case:
    """`covers`: numbers of the 42 kinds of mess (F1 …) and words of the kinds of file."""

    name: str
    file: str
    content: Callable[[], bytes]
    covers: tuple[str, ...]
    base: Base
    outcome: str = "accepted"
    kind: str | None = "xlsx"
    encoding: str | None = None
    sheets: tuple[str, ...] = ("Sheet1",)
    rows: tuple[int, int, int] = (4, 4, 0)
    mapped: Mapping[str, str] | None = None  # null: the base's own
    ignored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    findings: Sequence[Found] = ()
    hostile: bool = False

    def expected(self) -> dict[str, Any]:
        """The part of the JSON of `skills check` that the case is about."""
        mapped = self.base.fields if self.mapped is None else self.mapped
        received, accepted, held = self.rows
        return {
            "outcome": self.outcome,
            "dataset": self.base.dataset,
            "department": self.base.department,
            "period": self.base.period,
            "file": {"kind": self.kind, "encoding": self.encoding, "sheets": list(self.sheets)},
            "rows": {"received": received, "accepted": accepted, "held": held},
            "columns": {"mapped": dict(mapped), "ignored": sorted(self.ignored), "missing": list(self.missing)},
            "findings": [
                dict(zip(("rule", "severity", "sheet", "row", "cell"), finding, strict=True))
                for finding in self.findings
            ],
        }


def unreadable(code: str) -> dict[str, Any]:
    """What is the same for every file that gives no rows."""
    return {
        "outcome": "unreadable",
        "rows": (0, 0, 0),
        "mapped": {},
        "sheets": (),
        "findings": ((code, "critical", None, None, None),),
    }


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(number: int, ends_with: str | None = None) -> str:
    """A right resident number of nobody; with `ends_with` the first one from `number` on that ends so."""
    while True:
        born = dt.date(1990, 1, 1) + dt.timedelta(days=number * 37 % 5000)
        digits = f"440305{born:%Y%m%d}{number * 2 % 999 + 1:03d}"
        check = "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]
        if ends_with is None or check == ends_with:
            return digits + check
        number += 1


RECORD = Base(
    "training_record",
    "CAB",
    {
        "姓名": "person_name",
        "证件号码": "id_no",
        "班级编号": "class_id",
        "人员类别": "person_category",
        "实际课时": "attended_hours",
        "考核结果": "exam_result",
        "是否结业": "completed",
        "结业时间": "completion_date",
    },
    lambda number: ["王小明", resident(number), "SZ-CAB-001", "02", "40", "合格", "是", "2026-01-20"],
)
CLASS = Base(
    "training_class",
    "HCD",
    {
        "班级编号": "class_id",
        "班级名称": "class_name",
        "培训机构统一社会信用代码": "org_uscc",
        "培训机构名称": "org_name",
        "培训类型": "project_type",
        "专项行动": "special_action",
        "职业(工种)名称": "occupation_name",
        "培训方式": "training_mode",
        "开班日期": "start_date",
        "结业日期": "end_date",
        "计划课时": "planned_hours",
        "开班区": "venue_district",
        "资金来源": "funding_source",
        "主管部门": "competent_dept",
    },
    lambda number: [
        f"SZ-HCD-{number}",
        f"砌筑工第{number}期",
        "91350100M000100Y43",
        "某培训学校",
        "01",
        "04",
        "砌筑工",
        "1",
        "2026-01-05",
        "2026-01-20",
        "40",
        "440305",
        "01",
        "HCD",
    ],
)
PAYMENT = Base(
    "subsidy_payment",
    "FIN",
    {
        "发放流水号": "payment_id",
        "补贴项目": "subsidy_type",
        "资金来源": "funding_source",
        "支付对象": "payee_type",
        "收款人": "payee_name",
        "收款人证件/信用代码": "payee_id",
        "补贴金额": "amount",
        "拨付日期": "pay_date",
        "预算年度": "fiscal_year",
    },
    lambda number: [f"P{number}", "05", "01", "2", "某培训学校", "91350100M000100Y43", "2000", "2026-01-12", "2026"],
)
CERTIFICATE = Base(
    "certificate",
    "HCD",
    {
        "姓名": "person_name",
        "证件号码": "id_no",
        "证书类别": "cert_type",
        "证书编号": "cert_no",
        "职业(工种)名称": "occupation_name",
        "职业技能等级": "skill_level",
        "发证机构": "issuer_name",
        "发证日期": "issue_date",
    },
    lambda number: [
        "王小明",
        resident(number),
        "02",
        f"S000044000123265{number:06d}",
        "砌筑工",
        "5",
        "某评价组织",
        "2026-01-12",
    ],
)
AWARD = Base(
    "talent_award",
    "TUF",
    {
        "姓名": "person_name",
        "证件号码": "id_no",
        "称号": "award_name",
        "评选年度": "award_year",
        "公布日期": "award_date",
        "文号": "doc_no",
    },
    lambda number: ["王小明", resident(number), "深圳工匠", "2026", "2026-05-01", f"深工〔2026〕{number}号"],
    period="2026",
)
