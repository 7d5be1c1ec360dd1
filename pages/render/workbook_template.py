"""The workbook that a department fills in for a dataset: header, drop-downs, formats, notes, an example row.

Everything comes from the contract and, for a department, from its feed. The example row is `template_example`. Ends at
the workbook's bytes; rows that were sent are for `correction_workbook`.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from expectations.live_checks import Place
from ingest import sender
from ingest.feed import Feed
from pages.render.code_lists import CodeLists, write_code_lists
from pages.render.column_width import width
from pages.render.live_column import live_rows, write_live_checks
from pages.render.row_sheet import RowSheet, number_of
from pages.render.template_example import Recipient, example, example_row
from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import Dataset, Field, Kind
from warehouse.vocabulary.correction_columns import LIVE
from warehouse.vocabulary.period import Period

EXAMPLE = "示例"
"""Stands first in the example row; rows that begin so are never data."""
ORDINAL = "序号"
DATA_ROWS = 5000
"""Rows below the example that say in words what is wrong, and among which a row is looked for twice. Drop-downs and
colours go down to the sheet's last row, since they cost nothing there."""
_LAST_ROW = 1048575
_LIVE_WIDTH = 26
_BEFORE = 2
"""Columns before the dataset's own: 序号 and 即时核对."""
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
    "office_phone": "带区号的固定电话，或 400、12333 一类的热线号码；不要填个人手机号",
}
_LONG_LISTS = {
    "occupations_2022": "《职业分类大典（2022年版）》的职业编码或名称",
    "gbt4754_2017": "《国民经济行业分类》（GB/T 4754-2017）的代码",
    "gbt2260": "6位行政区划代码（GB/T 2260）",
}
_CADENCE = {"monthly": "每月", "quarterly": "每季度", "half-yearly": "每半年", "yearly": "每年"}
_CREATED = dt.datetime(2025, 1, 1)
"""The same template twice is the same file."""
_LIVE_NOTE = (
    "由表格自动显示：这一行的证件号码、信用代码、日期、代码、重复有问题时写明，改正后消失。不用填写，不作为报送内容。"
)
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
    at: int
    header: str
    field: Field


def template(
    dataset: Dataset, feed: Feed | None = None, wanted: Period | None = None, unit: str | None = None
) -> bytes:
    """An xlsx workbook: the table, 填表说明, 代码表; with a feed in its department's wording, without its constants.

    Args:
        wanted: the period that is filled in; without one it is left to be written.
        unit: a district's unit of the department; else the department itself.
    """
    recipient = Recipient(feed, unit or feed.department, wanted) if feed else None
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"{dataset.title}填报模板",
                "subject": dataset.name,
                "comments": f"模板版本 {_version(dataset)}",
                "created": _CREATED,
            }
        )
        columns = _columns(dataset, feed)
        sheet = book.add_worksheet(dataset.title, worksheet_class=RowSheet)
        explanation = book.add_worksheet("填表说明")
        lists = write_code_lists(book, [(column.header, column.field) for column in columns], feed)
        top = 0
        if recipient:
            _write_recipient(book, sheet, recipient)
            top = 1
        _write_table(book, sheet, dataset, columns, lists, top, recipient)
        for page in (sheet, explanation):
            page.set_landscape()
            page.set_paper(_A4)
            page.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        _write_explanation(book, explanation, dataset, columns, recipient)
    return sink.getvalue()


def _version(dataset: Dataset) -> str:
    """Tells a template from its successor: drop-downs change with the code lists."""
    return f"{dataset.name} {dataset.version}，代码表 {reference.version()}"


def _columns(dataset: Dataset, feed: Feed | None) -> list[_Column]:
    """All but 序号, which stands first whatever the dataset calls it."""
    headers = {name: header for header, name in feed.headers.items()} if feed else {}
    left_out = {"source_row_no", *(feed.constants if feed else ())}
    fields = [field for field in dataset.fields if field.name not in left_out]
    return [_Column(at, headers.get(field.name, field.title), field) for at, field in enumerate(fields, _BEFORE)]


def _write_recipient(book: Any, sheet: Any, recipient: Recipient) -> None:
    """The line above the header. The period may be typed over: most people take last month's file again."""
    bold = book.add_format({"bold": True, "font_size": 12, "locked": True})
    wanted = book.add_format({"bold": True, "font_size": 12, "bg_color": "#FFF2CC", "num_format": "@", "locked": False})
    sheet.write_string(0, _BEFORE, f"填报单位：{sender.title(recipient.unit)}", bold)
    sheet.write_string(0, _BEFORE + 3, f"报告期：{recipient.period.title if recipient.period else ''}", wanted)


def _write_table(
    book: Any,
    sheet: Any,
    dataset: Dataset,
    columns: list[_Column],
    lists: CodeLists,
    top: int,
    recipient: Recipient | None,
) -> None:
    """Header, example row, and below them the rows to fill in with what helps to do so."""
    first = top + 2
    head = _header_format(book, is_required=False)
    example_form = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@", "locked": True})
    free = book.add_format({"locked": False})
    live = book.add_format({"locked": False, "font_color": "#C00000", "text_wrap": False})
    sheet.write_string(top, 0, ORDINAL, head)
    sheet.write_string(top + 1, 0, EXAMPLE, example_form)
    sheet.set_column(0, 0, 10, book.add_format({"num_format": "0", "locked": False}))
    sheet.write_string(top, 1, LIVE, head)
    sheet.write_comment(top, 1, _LIVE_NOTE, {"x_scale": 2})
    sheet.write_blank(top + 1, 1, None, example_form)
    sheet.set_column(1, 1, _LIVE_WIDTH, live)
    examples = example_row(dataset, recipient)
    for column in columns:
        _write_column(book, sheet, column, first, lists)
        sheet.write_string(top + 1, column.at, examples[column.field.name], example_form)
    place = Place(
        sheet=dataset.title,
        columns={column.field.name: column.at for column in columns},
        first=first + 1,
        last=first + DATA_ROWS,
        spellings=lists.spellings,
        period_end=recipient.period.end if recipient and recipient.period else None,
    )
    if write_live_checks(book, sheet, dataset, place, _LAST_ROW + 1):
        sheet.lay(live_rows(first, DATA_ROWS, 1, number_of(live)))
    # A row can be deleted only where no cell of it is locked, those beyond the last column included.
    sheet.format_from(_BEFORE + len(columns), free)
    sheet.freeze_panes(first, _BEFORE)
    sheet.set_row(top, 32)
    sheet.protect("", _ALLOWED)


def _header_format(book: Any, *, is_required: bool) -> Any:
    return book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "border": 1,
            "bg_color": "#FCE4D6" if is_required else "#DDEBF7",
            "locked": True,
        }
    )


def _write_column(book: Any, sheet: Any, column: _Column, first: int, lists: CodeLists) -> None:
    """Its format, header, note and drop-down."""
    field, at = column.field, column.at
    form = book.add_format({"num_format": _FORMATS.get(field.kind, "@"), "locked": False})
    sheet.set_column(at, at, width(field, column.header), form)
    header = f"*{column.header}" if field.required else column.header
    sheet.write_string(first - 2, at, header, _header_format(book, is_required=field.required))
    note = explain(field)
    sheet.write_comment(first - 2, at, note, {"x_scale": 2, "y_scale": 1.5})
    sheet.data_validation(first, at, _LAST_ROW, at, _validation(field, lists.choices, note))


def _validation(field: Field, lists: Mapping[str, str], note: str) -> dict[str, Any]:
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


def _how(field: Field) -> str:
    how = _LONG_LISTS.get(str(field.code_list), _HOW[field.kind])
    return "；应为".join(part for part in (how, field.range_text, field.length_text) if part)


def explain(field: Field) -> str:
    """What a column means, whether it must be filled in, and how."""
    return f"{field.description.rstrip('。')}；{_mark(field)}；{_how(field)}。例：{example(field)}"


def _mark(field: Field) -> str:
    return "必填" if field.required else "选填"


def _write_explanation(
    book: Any, sheet: Any, dataset: Dataset, columns: list[_Column], recipient: Recipient | None
) -> None:
    title = book.add_format({"bold": True, "font_size": 13})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "border": 1})
    for at, size in enumerate((24, 8, 44, 28, 52)):
        sheet.set_column(at, at, size)
    sheet.write_string(0, 0, f"{dataset.title}填表说明", title)
    at = 2
    for label, line in _advice(dataset, recipient):
        sheet.write_string(at, 0, label, text)
        sheet.merge_range(at, 1, at, 4, line, text)
        sheet.set_row(at, _LINE * math.ceil(len(line) / _ADVICE_WIDTH))
        at += 1
    sheet.write_row(at + 1, 0, ["列名", "必填", "怎么填", "例", "含义"], head)
    sheet.write_row(at + 2, 0, [ORDINAL, "选填", "整数", EXAMPLE, "顺序号，可以不填"], cell)
    sheet.write_row(at + 3, 0, [LIVE, "不填", "由表格自动显示", "", "这一行填得是否有误，不作为报送内容"], cell)
    examples = example_row(dataset, recipient)
    for row, column in enumerate(columns, at + 4):
        field = column.field
        shown = [column.header, _mark(field), _how(field), examples[field.name], field.description]
        sheet.write_row(row, 0, shown, cell)


def _advice(dataset: Dataset, recipient: Recipient | None) -> Iterator[tuple[str, str]]:
    yield "内容", dataset.description
    first = 3
    if recipient:
        first = 4
        yield from _delivery(dataset, recipient)
    yield "填写", f"一行填一条，从第 {first} 行填起。列名带 * 的必填；选填的列没有内容就空着。"
    yield (
        LIVE,
        (
            "填写时，“即时核对”一列随时写明证件号码、信用代码、日期、代码表和重复行的问题，有问题的格子变红；"
            "改正后自动消失。它只作提醒，报送后的校验更全面，以校验报告为准。"
        ),
    )
    yield "表头和示例", "这两行已锁定，不用改动。示例行以“示例”二字开头，不算数据。"
    yield "号码", "证件号码、信用代码、电话、证书编号按文本填写；从别处粘贴时选“只粘贴值”。"
    yield "不要写", "不要写“同上”，不要在数据中间加说明；合计行可有可无。"
    yield (
        "报送之后",
        (
            "会收到校验报告；有须更正或须核对的行时，还有一份更正工作簿。没有错的行接收入库；只有提醒的行也照常接收，"
            "属实的在更正工作簿里写明理由；有错的行暂存，在更正工作簿里改好着色的格子，按原渠道、同一报告期送回即可，"
            "没有改的行照旧，不必重报整份文件。整份都要换的，才用本模板另报一份完整的文件（整份重报）。"
        ),
    )
    yield "模板版本", _version(dataset)


def _when(feed: Feed, wanted: Period, *, is_first_of_many: bool) -> str:
    if feed.is_optional:
        return "非必报：有内容时报送，不设截止日，不报不作逾期。"
    later = "，以后依此类推" if is_first_of_many else ""
    return f"{_CADENCE[feed.cadence]}一次；{wanted.title}的截止日是 {feed.due_date(wanted)}{later}。"


def _delivery(dataset: Dataset, recipient: Recipient) -> Iterator[tuple[str, str]]:
    """Who sends it, for which period, by when, under which name and where to."""
    feed, wanted = recipient.feed, recipient.period or recipient.feed.first
    yield "填报单位", sender.title(recipient.unit)
    if recipient.period:
        yield "报告期", f"{wanted.title}；下一期继续用这份模板的，请先改第一行的报告期，再清空各行。"
    yield "报送时间", _when(feed, wanted, is_first_of_many=recipient.period is None)
    if feed.districts and not recipient.district:
        names = reference.codes("district")
        yield "区级单位", f"各报一份：{'、'.join(names.get(code, code) for code in feed.districts)}。"
    folder = recipient.unit.replace(".", "/")
    below = "；区级单位放入其下以区代码命名的文件夹。" if feed.districts and not recipient.district else "。"
    yield "报送到", f"报送目录的 {folder} 文件夹{below}"
    name = f"{dataset.title}_{wanted.title}.xlsx"
    yield "文件名", f"{name}。" if recipient.period else f"{name}，其中的报告期按实际填写。"
