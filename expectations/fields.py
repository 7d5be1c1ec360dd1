"""Contract → expectations: what each field must be, in Great Expectations' terms and in Chinese.

Ends at the checks of single fields and of the natural key; relations between fields are `rules/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.check_digits import ExpectColumnValuesToBeUscc
from expectations.compiled import GROWING_LISTS, ROW_HASH, mark, shown_codes
from expectations.gx_duckdb import rows, rows_where
from expectations.lookup import LARGE_LISTS
from warehouse.vocabulary import reference, telephone
from warehouse.vocabulary.contract import Dataset, Field, Flaw, RowFlaw, Severity
from warehouse.vocabulary.tables import ROW_FLAW

_HOW_TO_TYPE = {
    "int": ("不是整数", "请只填整数，例如 50。"),
    "decimal": ("不是数字", "请只填数字，例如 80 或 7.5。"),
    "percent": ("不是百分比", "请填百分比，例如 95%。"),
    "money": ("不是金额", "请填以元为单位的金额，例如 2000.00。"),
    "date": ("不是能识别的日期", "请填真实存在的日期，例如 2026-03-01。"),
    "time": ("不是能识别的时间", "请填 24 小时制的时间，例如 09:00。"),
    "bool": ("不是“是”或“否”", "请填“是”或“否”。"),
}
_FLAWS: dict[Flaw, tuple[str, str]] = {
    "error": ("是表格的错误值，或是没有计算结果的公式", "请改为实际的值；公式请先计算，再粘贴为数值。"),
    "ditto": ("填的是“同上”一类的字样", "请在每一行填写实际内容，不要用“同上”代替。"),
    "garbled": ("是乱码，原来的汉字已经丢失", "请从原系统重新导出，编码选 UTF-8 或 GBK，不能由系统补回。"),
    "masked": ("被遮盖了一部分（带星号的脱敏内容）", "请按证件或原始记录填写完整的内容，不要填带星号的脱敏内容。"),
    "timestamp": ("是程序用的时间戳（一串数字），不是日期", "请在导出时转成日期，例如 2026-03-01。"),
    "month": ("只有年月，没有日", "请填到日，例如 2026-03-01。"),
    "span": ("在一个单元格里填了一段日期", "请只填一个日期，例如 2026-03-01。"),
    "grade": (
        "填的是等级、结论或缺考一类的文字，不是分数",
        "请填百分制的分数，例如 85；只评等级或缺考的，这一格留空，把结论填在“考核结果”。",
    ),
}
_WORKBOOK_FIXES: dict[Flaw, str] = {
    "garbled": "请按原始记录重新录入这一格，不能由系统补回。",
    "timestamp": "请按原始记录填写日期，例如 2026-03-01。",
}
"""What to do in a correction workbook, where nothing is exported anew."""
_WHY = {
    "required": "缺了{title}，这一行就不完整，无法核对，也无法计数。",
    "type": "读不出{title}的值，就不能用它计算和比较，凡是用到它的统计都会缺这一行。",
    "error": "错误值里没有内容，{title}在统计中等于没有填。",
    "ditto": "每一行单独计数，排序或筛选以后“同上”就不知道指哪一行，{title}等于没有填。",
    "garbled": "乱码里认不出原来的字，{title}在统计中等于没有填。",
    "masked": "遮盖以后的{title}无法与其他数据核对，系统补不回被遮盖的部分。",
    "timestamp": "同一串数字按秒、按毫秒、按不同时区读出来是不同的日子，系统不能替您决定{title}是哪一天。",
    "month": "统计按日判断先后和所属期间，缺了日就无法确定{title}是哪一天。",
    "grade": "{title}用来核对考核结果，文字不能与合格线比较，这一格会当作没有填。",
    "span": "一格里有两个日期时，系统不能替您决定{title}是哪一个。",
    "listed": "各部门的数据靠统一的代码相加，代码表以外的{title}不知道归入哪一类。",
    "range": "超出合理范围的{title}多半是单位或小数点填错，会使合计和平均数失真。",
    "length": "{title}过短或过长，多半是没有填完整或混入了别的内容，无法据此核对。",
    "pattern": "{title}要与其他数据逐字对应，写法不对就对不上。",
    "checksum": "单位靠信用代码识别，错一位就会认成另一家单位，或查不到这家单位。",
    "format": "需要核实情况时要靠{title}联系到人，号码不对就联系不上。",
}
"""Kind of fact → why it matters, for the clerk."""
_LARGE_LIST_TITLES = {
    "gbt2260": "《中华人民共和国行政区划代码》（GB/T 2260）",
    "gbt4754_2017": "《国民经济行业分类》（GB/T 4754-2017）",
    "occupations_2022": "《职业分类大典（2022年版）》",
}
_PHONE = r"^(([+]?86)?1[3-9][0-9]{9}|0[0-9]{9,11}|[2-8][0-9]{6,7}|([+]|00)(852|853|886)[0-9]{8,9})$"


@dataclass(frozen=True)
class FieldCheck:
    """A check that the contract implies. `is_fact`: about one cell, so a finding empties the cell or holds the row."""

    code: str
    severity: Severity
    fields: tuple[str, ...]
    message: str
    why: str
    fix: str
    expected: str | None
    unless: tuple[str, ...]
    is_fact: bool
    expectation: Expectation
    workbook_fix: str | None = None
    pair: tuple[str, ...] = ()
    apart: str = ROW_HASH


def field_checks(dataset: Dataset) -> Iterator[FieldCheck]:
    """What is odd of whole rows, every field's facts in the contract's order, then the natural key."""
    yield from _rows(dataset)
    for field in dataset.fields:
        yield from _facts(dataset.prefix, field)
    yield from _key(dataset)


def _rows(dataset: Dataset) -> Iterator[FieldCheck]:
    """Told at the first field that every file has, whatever else is wrong with it."""
    first = next(field.name for field in dataset.fields if field.required)
    texts: dict[RowFlaw, tuple[Severity, str, str, str, str]] = {
        "shifted": (
            "critical",
            "这一行各格的内容与表头没有对齐，从某一格起整体错位（多半是多出或少了一个逗号、分隔符或单元格，"
            "或者一行断成了两行）。",
            "错位以后每一格都会读成另一列的内容，所以这一行没有读取，其他各行不受影响。",
            "请对照表头把这一行的各格放回原来的列；文本文件中，内容里的逗号要加英文双引号，断成两行的要接回一行。",
            "请对照原件把这一行的各格放回原来的列；一行断成两行的，把前一行补完整，后一行的“处理方式”选“作废”。",
        ),
        "surplus": (
            "warning",
            "这一行比表头多出一格以上，多出的内容上面没有列名，没有读取。",
            "内容里的逗号没有加引号时，逗号后面的部分会被切到表头以外而丢失。",
            "请核对这一行：内容里的逗号要加英文双引号；多出的是备注的，请放进有列名的一列或删去。",
            "请对照原件核对这一行，有被切掉的内容请补到原来的格里；内容完整的，“处理方式”选“说明”并写明。",
        ),
    }
    for flaw, (severity, message, why, fix, workbook_fix) in texts.items():
        yield FieldCheck(
            code=f"{dataset.prefix}.row.{flaw}",
            severity=severity,
            fields=(first,),
            message=message,
            why=why,
            fix=fix,
            workbook_fix=workbook_fix,
            expected=None,
            unless=(),
            is_fact=False,
            expectation=gxe.ExpectColumnValuesToNotBeInSet(column=ROW_FLAW.name, value_set=[flaw]),
        )


def _facts(prefix: str, field: Field) -> Iterator[FieldCheck]:
    name, title = field.name, f"“{field.title}”"

    def fact(
        kind: str,
        expectation: Expectation,
        message: str,
        fix: str,
        expected: str | None = None,
        unless: tuple[str, ...] = (),
    ) -> FieldCheck:
        return FieldCheck(
            f"{prefix}.{name}.{kind}",
            field.severity,
            (name,),
            message,
            _WHY[kind].format(title=title),
            fix,
            expected and _literal(expected),
            unless,
            True,
            expectation,
        )

    if field.required:
        yield fact(
            "required",
            gxe.ExpectColumnValuesToNotBeNull(column=name),
            f"{title}为空。",
            f"请补填{title}。",
            unless=tuple(f"{prefix}.{name}.{flaw}" for flaw in field.flaws),
        )
    for flaw in field.flaws:
        what, fix = _HOW_TO_TYPE[field.kind] if flaw == "type" else _FLAWS[flaw]
        unflawed = gxe.ExpectColumnValuesToNotBeInSet(column=field.flaw, value_set=[flaw])
        yield replace(fact(flaw, unflawed, f"{title}{what}。", fix), workbook_fix=_WORKBOOK_FIXES.get(flaw))
    if field.code_list and field.kind in ("code", "list"):
        yield fact("listed", _listed(field), f"{title}不是代码表中的值。", _how_to_list(field))
    if field.minimum is not None or field.maximum is not None:
        low, high, shown = _bound(field.minimum), _bound(field.maximum), field.range_text
        yield fact(
            "range",
            gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high),
            f"{title}超出合理范围（{shown}）。",
            f"请核对{title}，应为{shown}。",
            shown,
        )
    if field.min_length is not None or field.max_length is not None:
        shown = field.length_text
        yield fact(
            "length",
            gxe.ExpectColumnValueLengthsToBeBetween(
                column=name, min_value=field.min_length, max_value=field.max_length
            ),
            f"{title}的长度不对（应为{shown}）。",
            f"请核对{title}是否填写完整、有无多余内容。",
            shown,
        )
    if field.pattern is not None:
        yield fact(
            "pattern",
            gxe.ExpectColumnValuesToMatchRegex(column=name, regex=field.pattern),
            f"{title}的格式不对。",
            f"请核对{title}的位数和写法" + (f"，例如 {field.example}。" if field.example else "。"),
        )
    if field.kind == "uscc":
        yield fact(
            "checksum",
            ExpectColumnValuesToBeUscc(column=name),
            f"{title}不是有效的18位统一社会信用代码（格式或校验码不符）。",
            "请对照营业执照或登记证书核对18位代码，代码中没有字母 I、O、S、V、Z。",
        )
    if field.kind == "phone":
        yield fact(
            "format",
            gxe.ExpectColumnValuesToMatchRegex(column=name, regex=_PHONE),
            f"{title}不是有效的电话号码。",
            "请填一个11位手机号码，或带区号的固定电话。",
        )
    if field.kind == "office_phone":
        yield fact(
            "format",
            gxe.ExpectColumnValuesToMatchRegex(column=name, regex=f"^({telephone.OFFICE}|{telephone.MOBILE})$"),
            f"{title}不是有效的电话号码。",
            "请填带区号的固定电话，或 400、12333 一类的热线号码。",
        )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _listed(field: Field) -> Expectation:
    code_list = str(field.code_list)
    known = f"select code from reference_code where code_list = '{code_list}'"
    if field.kind == "code":
        if code_list in LARGE_LISTS:
            return rows_where(f"{field.name} not in ({known})")
        return gxe.ExpectColumnValuesToBeInSet(column=field.name, value_set=list(reference.codes(code_list)))
    if code_list in LARGE_LISTS:
        return rows_where(f"not list_has_all((select list(code) from ({known})), string_split({field.name}, ';'))")
    listed = "|".join(reference.codes(code_list))
    return gxe.ExpectColumnValuesToMatchRegex(column=field.name, regex=f"^({listed})(;({listed}))*$")


def _how_to_list(field: Field) -> str:
    code_list = str(field.code_list)
    if code_list in _LARGE_LIST_TITLES:
        return f"请按{_LARGE_LIST_TITLES[code_list]}填写代码。"
    return f"请填代码或名称：{mark(code_list) if code_list in GROWING_LISTS else shown_codes(code_list)}。"


def _bound(value: str | int | float | None) -> dt.date | int | float | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _key(dataset: Dataset) -> Iterator[FieldCheck]:
    """Twice in one submission: identical rows (all but the first are held) or rows that contradict (all are held).

    A number that lost its digits (PN001) is no key: the rows that share it are not the same person.
    """
    parts = [f"id18({name})" if dataset.field(name).kind == "id" else name for name in dataset.key]
    needed = [name for name in dataset.key if dataset.field(name).required]
    present = " and ".join(f"{name} is not null" for name in needed) or "true"
    titles = "、".join(dataset.field(name).title for name in dataset.key)
    lost = ("PN001",) if any(dataset.field(name).kind == "id" for name in dataset.key) else ()
    key = ", ".join(["submission_id", *parts])
    repeated = (
        f"select submission_id, row_index, row_hash, {', '.join(f'{part} as key_{n}' for n, part in enumerate(parts))} "
        f"from {{batch}} where {present} and hash({key}) in "
        f"(select hash({key}) from {{batch}} where {present} group by hash({key}) having count(*) > 1)"
    )
    group = ", ".join(["submission_id", *(f"key_{n}" for n in range(len(parts)))])
    yield FieldCheck(
        f"{dataset.prefix}.key.duplicate",
        "critical",
        dataset.key,
        f"与本文件中前面的一行完全相同（{titles}及其余内容都一样）。",
        "重复的行会使同一件事多算一次。",
        "请删除重复的行，只保留一行。",
        None,
        lost,
        False,
        rows(
            "select submission_id, row_index from (select submission_id, row_index, "
            f"row_number() over (partition by {group}, row_hash order by row_index) as occurrence "
            f"from ({repeated})) where occurrence > 1"
        ),
        "这一行的“处理方式”填“作废”，前面的一行不动；其实是另一件事的，更正有误的内容。",
        (*parts, ROW_HASH),
    )
    yield FieldCheck(
        f"{dataset.prefix}.key.conflict",
        "critical",
        dataset.key,
        f"本文件中有{titles}相同而其余内容不同的行。",
        "两行说的是同一件事却互相矛盾，系统不能替您决定以哪一行为准。",
        "请核对这几行，只保留正确的一行。",
        None,
        (*lost, f"{dataset.prefix}.key.duplicate"),
        False,
        rows(
            "select submission_id, row_index from (select submission_id, row_index, "
            f"min(row_hash) over (partition by {group}) <> max(row_hash) over (partition by {group}) as differs "
            f"from ({repeated})) where differs"
        ),
        "请核对这几行：对的一行不动，其余的行“处理方式”填“作废”；都是真实的，更正填错的内容。",
        tuple(parts),
    )
