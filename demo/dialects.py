"""How each department writes in the demo: file type, layout, wording, codes, dates, file names.

Here: facts alone. Not here: what a feed itself says (own headers, values, constants, what is owed when), and how a
dialect is put into cells (`render.py`) and bytes (`formats.py`). Ends at `Dialect`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["json", "csv", "tsv", "xlsx", "xls"]
DateStyle = Literal["iso", "dot", "chinese", "compact", "slash", "slash_padded", "cell", "serial"]
CodeStyle = Literal["code", "name", "both"]
Disguise = Literal["html", "xml"]
PeriodStyle = Literal["iso", "compact", "chinese", "dot"]


@dataclass(frozen=True)
class Dialect:
    """One department's way of writing. `wording` 0 is the contract's title, n the n-th synonym where there is one."""

    format: Format
    file_name: str = "{dataset}_{period}"
    period: PeriodStyle = "iso"
    encoding: str = "utf-8"
    titled: bool = False  # merged title, a line with unit and period, header in row 3, total and note rows
    wording: int = 0
    field_names: bool = False
    social_security_codes: bool = False  # aac003 … as headers
    marks: Literal["", "star", "required", "spaced", "broken"] = ""
    order: int = 0  # columns are turned by so many places
    extra: tuple[str, ...] = ()
    numbered: bool = False  # sends 序号
    date: DateStyle = "iso"
    codes: CodeStyle = "code"
    sex: tuple[str, str] = ("1", "2")
    yes_no: tuple[str, str] = ("1", "0")
    levels: Literal["code", "short", "worker", "both", "slash", "old"] = "code"
    money: Literal["plain", "unit", "grouped", "wan"] = "plain"
    percent: Literal["fraction", "sign", "hundred"] = "fraction"
    hours_unit: str = ""
    list_mark: str = ";"
    blank: str = ""
    json_key: str | None = None
    ending: str | None = None  # where it is not the format's own
    disguise: Disguise | None = None  # what the bytes of an .xls really are
    explained: bool = False  # a sheet 填表说明 comes first
    grouped: bool = False  # a header of two rows
    block: tuple[str, ...] = ()  # fields said once above the table where all rows agree
    merged: tuple[str, ...] = ()  # fields whose equal neighbours share a merged cell
    formatted_rows: bool = False  # empty rows with formats below the table


AS_THE_TEMPLATE = Dialect(
    "xlsx",
    "{title}_{period}",
    "chinese",
    date="cell",
    codes="name",
    sex=("男", "女"),
    yes_no=("是", "否"),
    levels="short",
)
"""Writes as a department that has just been given the template."""

DIALECTS: dict[str, Dialect] = {
    "HRSS": Dialect("json", field_names=True),
    "DRC": Dialect(
        "xlsx", "{title}({period})", "chinese", titled=True, marks="spaced", date="chinese", codes="name", numbered=True
    ),
    "EDU": Dialect(
        "csv",
        "SZEDU_{dataset}_{period}",
        "compact",
        "utf-8-sig",
        wording=1,
        date="compact",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="both",
        percent="sign",
        order=4,
    ),
    "STI": Dialect(
        "xlsx",
        "{period}{title}",
        "chinese",
        titled=True,
        marks="star",
        date="cell",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="short",
        numbered=True,
        extra=("所属科室",),
        block=("competent_dept", "dept", "report_year"),
    ),
    "IIT": Dialect(
        "xlsx",
        "{title}_{period}",
        wording=1,
        date="dot",
        codes="both",
        sex=("男性", "女性"),
        yes_no=("Y", "N"),
        levels="worker",
        money="wan",
        percent="hundred",
        order=3,
    ),
    "CAB": Dialect(
        "xlsx",
        "{title}_{period}",
        "chinese",
        titled=True,
        wording=2,
        marks="required",
        date="dot",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="short",
        hours_unit="学时",
        money="unit",
        numbered=True,
        extra=("所属科室",),
        grouped=True,
    ),
    "JUS": Dialect(
        "xlsx", "市司法局{title}{period}", "chinese", titled=True, date="chinese", codes="name", numbered=True
    ),
    "FIN": Dialect("csv", field_names=True),
    "HCD": Dialect("tsv", "szjs_{dataset}_{period}", "compact", field_names=True, sex=("M", "F")),
    "TRA": Dialect(
        "csv",
        "{title}{period}",
        "dot",
        "gb18030",
        date="slash",
        codes="name",
        sex=("男", "女"),
        yes_no=("√", "×"),
        levels="old",
        money="grouped",
        blank="无",
        order=2,
    ),
    "COM": Dialect(
        "csv",
        "商务局-{title}-{period}",
        "chinese",
        "gb18030",
        wording=1,
        date="slash_padded",
        codes="name",
        sex=("男", "女"),
        yes_no=("有", "否"),
        levels="slash",
        blank="/",
        ending="xls",
    ),
    "CTS": Dialect(
        "xlsx",
        "{title} {period}",
        "dot",
        titled=True,
        marks="broken",
        date="serial",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="worker",
        list_mark="、",
        numbered=True,
        explained=True,
        formatted_rows=True,
    ),
    "HEA": Dialect(
        "json",
        "{title}_{period}",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="short",
        percent="sign",
        json_key="data",
    ),
    "VET": Dialect(
        "xlsx",
        "{title}({period})",
        "chinese",
        date="cell",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="both",
        order=1,
        numbered=True,
        merged=("person_category", "employer_name"),
    ),
    "EMB": Dialect(
        "csv",
        "SZEMB_{dataset}_{period}",
        "compact",
        "utf-16",
        date="slash_padded",
        sex=("M", "F"),
        yes_no=("Y", "N"),
        extra=("数据来源",),
    ),
    "SAC": Dialect(
        "xls",
        "{title}{period}",
        "chinese",
        titled=True,
        wording=1,
        date="dot",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        money="wan",
        numbered=True,
        disguise="xml",
    ),
    "MIB": Dialect(
        "xlsx",
        "{title}-{period}",
        "compact",
        titled=True,
        marks="required",
        date="compact",
        codes="both",
        levels="short",
        money="unit",
        blank="-",
    ),
    "RRC": Dialect(
        "xls",
        "{title}_{period}",
        "chinese",
        social_security_codes=True,
        date="chinese",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="slash",
        disguise="html",
    ),
    "TUF": Dialect(
        "xlsx",
        "总工会{title}{period}",
        "chinese",
        titled=True,
        wording=2,
        marks="star",
        date="slash",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="both",
        money="grouped",
        numbered=True,
        extra=("所属科室", "审批进度"),
    ),
    "DPF": Dialect(
        "xlsx",
        "{title}_{period}",
        wording=1,
        marks="spaced",
        codes="name",
        sex=("男", "女"),
        yes_no=("是", "否"),
        levels="short",
        blank="无",
        order=5,
    ),
}


def dialect_of(department: str) -> Dialect:
    """The department's dialect; who has none yet writes as the template asks."""
    return DIALECTS.get(department, AS_THE_TEMPLATE)
