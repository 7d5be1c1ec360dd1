"""The workbook that a department fills in for a dataset: header, drop-downs, formats, notes, an example row.

Everything comes from the contract and, for a department, from its feed. Ends at the workbook's bytes; rows that were
sent are for `correction_workbook`.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from ingest.feed import Feed
from warehouse.vocabulary import reference
from warehouse.vocabulary.choices import choices
from warehouse.vocabulary.contract import Dataset, Field, Kind

EXAMPLE = "示例"
"""Stands first in the example row; rows that begin so are never data."""
ORDINAL = "序号"
DATA_ROWS = 5000
"""Rows below the example that have drop-downs and checks."""
_LAST_COLUMN = 16383
_A4 = 9
_ANY_NUMBER = 10**13
_EARLIEST, _LATEST = "1900-01-01", "2099-12-31"
_LINE, _ADVICE_WIDTH = 16, 66
"""Points of a line, and characters that fit on it: merged cells do not find their height by themselves."""
_FORMATS: dict[Kind, str] = {
    "date": "yyyy-mm-dd",
    "time": "hh:mm",
    "int": "0",
    "decimal": "General",
    "percent": "0.00%",
    "money": "#,##0.00",
}
_EXAMPLES: dict[Kind, str] = {
    "text": "按实际填写",
    "int": "50",
    "decimal": "40",
    "percent": "95%",
    "money": "2000.00",
    "date": "2026-03-01",
    "time": "09:00",
    "bool": "是",
    "uscc": "91350100M000100Y43",
    "id_or_uscc": "91350100M000100Y43",
    "id": "110105199003070017",
    "phone": "13800000000",
    "code": "",
    "list": "",
}
_HOW: dict[Kind, str] = {
    "text": "文字",
    "code": "从下拉列表选择，也可以填代码",
    "list": "“代码表”中的名称或代码，多项用分号隔开",
    "int": "整数",
    "decimal": "数字",
    "percent": "百分比，如 95%",
    "money": "金额，单位元",
    "date": "日期，如 2026-03-01",
    "time": "时间，如 09:00",
    "bool": "是或否",
    "id": "按文本填写，不要变成数字",
    "uscc": "18位统一社会信用代码",
    "id_or_uscc": "证件号码或统一社会信用代码",
    "phone": "手机号码，或带区号的固定电话",
}
_LONG_LISTS = {
    "occupations_2022": "《职业分类大典（2022年版）》的职业编码或名称",
    "gbt4754_2017": "《国民经济行业分类》（GB/T 4754-2017）的代码",
    "gbt2260": "6位行政区划代码（GB/T 2260）",
}
_CADENCE = {"monthly": "每月", "quarterly": "每季度", "half-yearly": "每半年", "yearly": "每年"}
_ALLOWED = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


@dataclass(frozen=True)
class _Column:
    header: str
    field: Field | None  # null: a number that only marks the example row


def template(dataset: Dataset, feed: Feed | None = None) -> bytes:
    """An xlsx workbook: the table, 填表说明, 代码表; with a feed in the department's wording, without its constants."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.set_properties(
            {"title": f"{dataset.title}填报模板", "subject": dataset.name, "comments": f"模板版本 {_version(dataset)}"}
        )
        columns = _columns(dataset, feed)
        sheet = book.add_worksheet(dataset.title)
        explanation = book.add_worksheet("填表说明")
        lists = _write_lists(book, columns)
        for at, column in enumerate(columns):
            _write_column(book, sheet, at, column, lists)
        # A row can be deleted only where no cell of it is locked, those beyond the last column included.
        sheet.set_column(len(columns), _LAST_COLUMN, None, book.add_format({"locked": False}))
        sheet.freeze_panes(2, 1)
        sheet.set_row(0, 32)
        sheet.protect("", _ALLOWED)
        for page in (sheet, explanation):
            page.set_landscape()
            page.set_paper(_A4)
            page.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        _write_explanation(book, explanation, dataset, columns, feed)
    return sink.getvalue()


def _version(dataset: Dataset) -> str:
    """Tells a template from its successor: drop-downs change with the code lists."""
    return f"{dataset.name} {dataset.version}，代码表 {reference.version()}"


def _columns(dataset: Dataset, feed: Feed | None) -> list[_Column]:
    headers = {name: header for header, name in feed.headers.items()} if feed else {}
    left_out = set(feed.constants) if feed else set()
    ordinal = next((field for field in dataset.fields if field.name == "source_row_no"), None)
    others = [field for field in dataset.fields if field is not ordinal and field.name not in left_out]
    return [_Column(ORDINAL, ordinal), *(_Column(headers.get(field.name, field.title), field) for field in others)]


def _write_lists(book: Any, columns: list[_Column]) -> dict[str, str]:
    """Field → the range of its choices on the sheet 代码表, which names them beside their codes."""
    sheet = book.add_worksheet("代码表")
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
    text = book.add_format({"num_format": "@"})
    ranges: dict[str, str] = {}
    for column in columns:
        offered = choices(column.field) if column.field else {}
        if column.field is None or not offered:
            continue
        at = 2 * len(ranges)
        sheet.write_row(0, at, [f"可选值：{column.header}", f"代码：{column.header}"], bold)
        for row, (choice, code) in enumerate(offered.items(), 1):
            sheet.write_string(row, at, choice, text)
            sheet.write_string(row, at + 1, code, text)
        sheet.set_column(at, at, 26)
        sheet.set_column(at + 1, at + 1, 14)
        letter = xlsxwriter.utility.xl_col_to_name(at)
        ranges[column.field.name] = f"=代码表!${letter}$2:${letter}${len(offered) + 1}"
    sheet.freeze_panes(1, 0)
    return ranges


def _write_column(book: Any, sheet: Any, at: int, column: _Column, lists: dict[str, str]) -> None:
    field = column.field
    required = field is not None and field.required
    number_format = _FORMATS.get(field.kind, "@") if field else "0"
    head = book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "border": 1,
            "bg_color": "#FCE4D6" if required else "#DDEBF7",
            "locked": True,
        }
    )
    grey = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@", "locked": True})
    sheet.set_column(
        at,
        at,
        max(10, min(28, 2 * len(column.header) + 4)),
        book.add_format({"num_format": number_format, "locked": False}),
    )
    sheet.write_string(0, at, f"*{column.header}" if required else column.header, head)
    sheet.write_string(1, at, EXAMPLE if at == 0 else example(field) if field else "", grey)
    if field is None or at == 0:
        return
    note = explain(field)
    sheet.write_comment(0, at, note, {"x_scale": 2, "y_scale": 1.5})
    sheet.data_validation(2, at, DATA_ROWS + 1, at, _validation(field, lists, note))


def _validation(field: Field, lists: dict[str, str], note: str) -> dict[str, Any]:
    """A hint while typing; what does not fit is warned of and may stand: the check after sending says more."""
    hint = {
        "input_title": field.title[:32],
        "input_message": note[:255],
        "error_type": "warning",
        "error_title": field.title[:32],
        "error_message": f"请核对：{_how(field)}。",
    }
    if field.kind == "bool":
        return hint | {"validate": "list", "source": ["是", "否"]}
    if field.name in lists and field.kind != "list":
        return hint | {"validate": "list", "source": lists[field.name]}
    if field.kind == "date":
        low, high = (
            dt.date.fromisoformat(str(bound)) for bound in (field.minimum or _EARLIEST, field.maximum or _LATEST)
        )
        return hint | {"validate": "date", "criteria": "between", "minimum": low, "maximum": high}
    if field.kind in ("int", "decimal", "percent", "money"):
        return hint | {
            "validate": "integer" if field.kind == "int" else "decimal",
            "criteria": "between",
            "minimum": _typed(field, field.minimum, -_ANY_NUMBER),
            "maximum": _typed(field, field.maximum, _ANY_NUMBER),
        }
    return hint | {"validate": "any"}


def _typed(field: Field, bound: str | int | float | None, otherwise: int) -> float:
    """A bound as it is typed: the contract's money is in fen, a clerk's in yuan."""
    if bound is None:
        return otherwise
    return float(bound) / 100 if field.kind == "money" else float(bound)


def example(field: Field) -> str:
    """A value as a clerk would write it: the contract's in words, the first of a list, or an example of its kind."""
    offered = {code: text for text, code in choices(field).items()}
    if field.kind == "list":
        return "；".join(offered.get(code, code) for code in (field.example or next(iter(offered))).split(";"))
    if field.kind == "bool":
        return _EXAMPLES["bool"]
    if offered:
        return offered.get(str(field.example)) or next(iter(offered.values()))
    return field.example or _EXAMPLES[field.kind]


def _how(field: Field) -> str:
    how = _LONG_LISTS.get(str(field.code_list), _HOW[field.kind])
    return "；应为".join(part for part in (how, field.range_text, field.length_text) if part)


def explain(field: Field) -> str:
    """What a column means, whether it must be filled in, and how."""
    return f"{field.description.rstrip('。')}；{_mark(field)}；{_how(field)}。例：{example(field)}"


def _mark(field: Field) -> str:
    return "必填" if field.required else "选填"


def _write_explanation(book: Any, sheet: Any, dataset: Dataset, columns: list[_Column], feed: Feed | None) -> None:
    title = book.add_format({"bold": True, "font_size": 13})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "border": 1})
    for at, width in enumerate((24, 8, 44, 28, 52)):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, f"{dataset.title}填表说明", title)
    at = 2
    for label, line in _advice(dataset, feed):
        sheet.write_string(at, 0, label, text)
        sheet.merge_range(at, 1, at, 4, line, text)
        sheet.set_row(at, _LINE * math.ceil(len(line) / _ADVICE_WIDTH))
        at += 1
    sheet.write_row(at + 1, 0, ["列名", "必填", "怎么填", "例", "含义"], head)
    for row, column in enumerate(columns, at + 2):
        field = column.field
        sheet.write_row(
            row,
            0,
            [column.header, "", "", EXAMPLE, "顺序号，可以不填"]
            if field is None
            else [column.header, _mark(field), _how(field), example(field), field.description],
            cell,
        )


def _advice(dataset: Dataset, feed: Feed | None) -> Iterator[tuple[str, str]]:
    yield "内容", dataset.description
    if feed:
        names = reference.codes("district")
        yield "报送部门", reference.codes("department")[feed.department]
        yield (
            "报送时间",
            (f"{_CADENCE[feed.cadence]}一次；{feed.first.title}的截止日是 {feed.due_date(feed.first)}，以后依此类推。"),
        )
        if feed.districts:
            yield "区级单位", f"各报一份：{'、'.join(names.get(code, code) for code in feed.districts)}。"
        yield (
            "报送到",
            (
                f"报送目录的 {feed.department} 文件夹"
                + ("；区级单位放入其下以区代码命名的文件夹。" if feed.districts else "。")
            ),
        )
        yield "文件名", f"{dataset.title}_{feed.first.title}.xlsx，其中的报告期按实际填写。"
    yield "填写", "一行填一条，从第三行填起。列名带 * 的必填；选填的列没有内容就空着。"
    yield "表头和示例", "这两行已锁定，不用改动。第二行是示例，以“示例”二字开头，不算数据。"
    yield "号码", "证件号码、信用代码、电话、证书编号按文本填写；从别处粘贴时选“只粘贴值”。"
    yield "不要写", "不要写“同上”，不要在数据中间加说明；合计行可有可无。"
    yield (
        "报送之后",
        (
            "会收到校验报告，写明哪一行、哪一格、怎么改。没有错的行接收入库；只有提醒的行也照常接收，"
            "请核对；有错的行暂存，更正后重新报送整份文件。"
        ),
    )
    yield "模板版本", _version(dataset)
