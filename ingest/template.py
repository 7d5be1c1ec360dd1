"""The workbook that a department fills in for a dataset: header, drop-downs, formats, notes, an example row.

Everything comes from the contract and, for a department, from its feed. Ends at the workbook's bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from ingest.feed import Feed
from warehouse import reference
from warehouse.contract import Dataset, Field, Kind

EXAMPLE = "示例"
"""Stands first in the example row; rows that begin so are never data."""
ORDINAL = "序号"
DATA_ROWS = 5000
"""Rows below the example that have drop-downs and checks of their own."""
_SHORT_LIST = 60
"""Longer lists are named in the explanation instead of being a drop-down."""
_FORMATS: dict[Kind, str] = {
    "date": "yyyy-mm-dd", "time": "hh:mm", "int": "0", "decimal": "0.##", "percent": "0.00%", "money": "#,##0.00",
}
_EXAMPLES: dict[Kind, str] = {
    "text": "按实际填写", "int": "50", "decimal": "40", "percent": "95%", "money": "2000.00", "date": "2026-03-01",
    "time": "09:00", "bool": "是", "uscc": "91350100M000100Y43", "id_or_uscc": "91350100M000100Y43",
    "id": "110105199003070017", "phone": "13800000000", "code": "", "list": "",
}
_HOW: dict[Kind, str] = {
    "text": "文字", "code": "从下拉列表选择，也可以填代码", "list": "可填多项，用分号隔开", "int": "整数",
    "decimal": "数字", "percent": "百分比，如 95%", "money": "金额，单位元",
    "date": "日期，如 2026-03-01", "time": "时间，如 09:00",
    "bool": "是或否", "id": "按文本填写，不要变成数字", "uscc": "18位统一社会信用代码",
    "id_or_uscc": "证件号码或统一社会信用代码",
    "phone": "手机号码，或带区号的固定电话",
}
_LONG_LISTS = {
    "occupations_2022": "《职业分类大典（2022年版）》的职业编码或名称",
    "gbt4754_2017": "《国民经济行业分类》（GB/T 4754-2017）的代码",
    "gbt2260": "6位行政区划代码（GB/T 2260）",
}
_CADENCE = {"monthly": "每月", "quarterly": "每季度", "half-yearly": "每半年", "yearly": "每年"}
_UNPROTECTED = {
    "select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True, "format_rows": True,
    "insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True,
}


@dataclass(frozen=True)
class _Column:
    header: str
    field: Field | None  # null: a number that only marks the example row


def template(dataset: Dataset, feed: Feed | None = None) -> bytes:
    """An xlsx workbook: the table, 填表说明, 代码表; with a feed in the department's wording, without its constants."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.set_properties({
            "title": f"{dataset.title}填报模板", "subject": dataset.name,
            "comments": f"模板版本 {dataset.name} {dataset.version}"})
        columns = _columns(dataset, feed)
        sheet = book.add_worksheet(dataset.title)
        explanation = book.add_worksheet("填表说明")
        lists = _write_lists(book, columns)
        for at, column in enumerate(columns):
            _write_column(book, sheet, at, column, lists)
        sheet.freeze_panes(2, 1)
        sheet.set_row(0, 32)
        sheet.protect("", _UNPROTECTED)
        _write_explanation(book, explanation, dataset, columns, feed)
    return sink.getvalue()


def _columns(dataset: Dataset, feed: Feed | None) -> list[_Column]:
    own = {name: header for header, name in feed.headers.items()} if feed else {}
    left_out = set(feed.constants) if feed else set()
    ordinal = next((field for field in dataset.fields if field.name == "source_row_no"), None)
    others = [field for field in dataset.fields if field is not ordinal and field.name not in left_out]
    return [_Column(ORDINAL, ordinal), *(_Column(own.get(field.name, field.title), field) for field in others)]


def _choices(field: Field) -> list[str]:
    """What the drop-down offers: names where a name means its code alone."""
    if field.kind == "bool":
        return ["是", "否"]
    if field.kind != "code" or field.code_list in _LONG_LISTS:
        return []
    known, names = reference.aliases(str(field.code_list)), reference.codes(str(field.code_list))
    offered = [name if known.get(reference.normalise(name)) == code else code for code, name in names.items()]
    return offered if len(offered) <= _SHORT_LIST else []


def _write_lists(book: Any, columns: list[_Column]) -> dict[str, str]:
    """Field → the range of its choices on the sheet 代码表."""
    sheet = book.add_worksheet("代码表")
    ranges: dict[str, str] = {}
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
    for column in columns:
        choices = _choices(column.field) if column.field else []
        if column.field is None or not choices:
            continue
        at = len(ranges)
        sheet.write_string(0, at, f"可选值：{column.header}", bold)
        sheet.write_column(1, at, choices)
        sheet.set_column(at, at, 22)
        letter = xlsxwriter.utility.xl_col_to_name(at)
        ranges[column.field.name] = f"=代码表!${letter}$2:${letter}${len(choices) + 1}"
    return ranges


def _write_column(book: Any, sheet: Any, at: int, column: _Column, lists: dict[str, str]) -> None:
    field = column.field
    required = field is not None and field.required
    number_format = _FORMATS.get(field.kind, "@") if field else "0"
    head = book.add_format({
        "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1,
        "bg_color": "#FCE4D6" if required else "#DDEBF7", "locked": True})
    grey = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@", "locked": True})
    sheet.set_column(at, at, max(10, min(28, 2 * len(column.header) + 4)),
                     book.add_format({"num_format": number_format, "locked": False}))
    sheet.write_string(0, at, f"*{column.header}" if required else column.header, head)
    sheet.write_string(1, at, EXAMPLE if at == 0 else example(field) if field else "", grey)
    if field is None or at == 0:
        return
    note = explain(field)
    sheet.write_comment(0, at, note, {"x_scale": 2, "y_scale": 1.5})
    sheet.data_validation(2, at, DATA_ROWS + 1, at, _validation(field, lists, note))


def _validation(field: Field, lists: dict[str, str], note: str) -> dict[str, Any]:
    """A hint while typing; what does not fit is warned of and may stand: the check after sending says more."""
    hint = {"input_title": field.title[:32], "input_message": note[:255], "error_type": "warning",
            "error_title": field.title[:32], "error_message": f"请核对：{_HOW[field.kind]}。"}
    if field.name in lists:
        return hint | {"validate": "list", "source": lists[field.name]}
    if field.kind == "date":
        return hint | {"validate": "date", "criteria": ">=", "value": dt.date(1900, 1, 1)}
    if field.kind == "int":
        return hint | {"validate": "integer", "criteria": ">=", "value": 0}
    if field.kind in ("decimal", "money"):
        return hint | {"validate": "decimal", "criteria": ">=", "value": 0}
    return hint | {"validate": "any"}


def example(field: Field) -> str:
    """A value as a clerk would write it."""
    choices = _choices(field)
    if field.kind in ("code", "list", "bool") and field.example and not choices:
        names = reference.codes(str(field.code_list)) if field.code_list else {}
        return names.get(field.example, field.example)
    if choices:
        given = reference.codes(field.code_list).get(str(field.example)) if field.code_list else None
        return given if given in choices else choices[0]
    return field.example or _EXAMPLES[field.kind]


def explain(field: Field) -> str:
    """What a column means, whether it must be filled in, and how."""
    how = _LONG_LISTS.get(str(field.code_list), _HOW[field.kind])
    return f"{field.description.rstrip('。')}；{'必填' if field.required else '选填'}；{how}。例：{example(field)}"


def _write_explanation(book: Any, sheet: Any, dataset: Dataset, columns: list[_Column], feed: Feed | None) -> None:
    bold = book.add_format({"bold": True, "font_size": 13})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24, wrap)
    sheet.set_column(1, 1, 90, wrap)
    sheet.write_string(0, 0, f"{dataset.title}填表说明", bold)
    at = 2
    for line in _advice(dataset, feed):
        sheet.write_string(at, 0, line)
        at += 1
    at += 1
    for column in columns:
        if column.field is not None:
            sheet.write_string(at, 0, column.header)
            sheet.write_string(at, 1, explain(column.field))
            at += 1


def _advice(dataset: Dataset, feed: Feed | None) -> Iterator[str]:
    yield f"内容：{dataset.description}"
    if feed:
        yield f"报送部门：{reference.codes('department')[feed.department]}"
        due = feed.due_date(feed.first)
        yield f"报送频次：{_CADENCE[feed.cadence]}一次；{feed.first.title}的截止日是 {due}，以后依此类推。"
        names = reference.codes("district")
        if feed.districts:
            yield f"区级单位各报一份：{'、'.join(names.get(code, code) for code in feed.districts)}。"
        yield f"文件名：{dataset.title}_{feed.first.title}.xlsx"
    yield "一行填一条，从第三行填起；列名带 * 的必填，列名不要改，列的先后可以变，不需要的选填列可以删去。"
    yield "第二行是示例，以“示例”二字开头，不算数据；留着或删去都可以。"
    yield "证件号码、信用代码、电话、证书编号按文本填写；从别处粘贴时选“只粘贴值”。"
    yield "不要写“同上”；没有内容就空着。不要加合计行以外的说明行。"
    yield "报送后会收到校验报告，写明哪一行、哪一格、怎么改；有错的行暂存，更正后重新报送整份文件。"
