"""The workbook in which a unit corrects its rows: held rows first, wrong cells coloured, everything else as sent.

It holds identifiers and goes to the unit alone. Ends at the workbook's bytes; reading the file is for `gather`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

import xlsxwriter

from expectations import compiled
from pages import words
from pages.gather.findings import Finding, Findings, is_answered, listed
from pages.gather.slices import Slice
from warehouse.vocabulary import contract
from warehouse.vocabulary.choices import choices
from warehouse.vocabulary.correction_columns import (
    ACTION,
    ACTIONS,
    HOW,
    MARK,
    OPINION,
    REASON,
    place,
    place_header,
    row_identity,
    row_names,
)
from warehouse.vocabulary.submission import Decision, SentTable

_FILL = {"critical": "#F8CBAD", "warning": "#FFE699", "info": "#DDEBF7"}
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_LONGEST_SOURCE = 255
_SHOWN_CELLS = 30
_CREATED = dt.datetime(2025, 1, 1)
"""The same findings give the same bytes, whenever they are written."""
_NOTES = 20_000
"""Cells with a comment; a workbook with more opens slowly, and 校验意见 says the same beside every row."""

_UNTOUCHED = 500
"""So many rows without a problem stand below the others, for comparison; more would only hide what has to be done (and
of 545,000 rows of the demo's workbooks 97 in 100 have none: 80 s of writing)."""


def workbook(decision: Decision, findings: Findings, tables: Sequence[SentTable], piece: Slice | None = None) -> bytes:
    """An xlsx workbook that can be sent back as it is once it is corrected.

    Args:
        findings: rows of `tables.HISTORY` of the submission.
        tables: the tables of its file as sent. Rows without a problem stand in the workbook too unless they are many;
            what is not in it stays as it was sent.
        piece: leaves all but the rows of the slice that have to be corrected or looked at.
    """
    shown = listed(findings)
    if piece is not None:
        shown = piece.part(shown)
    places = {
        (finding["sheet"], finding["row"])
        for finding in shown
        if finding["severity"] != "info" and finding["row"] is not None
    }
    left_out = sum(len(table.rows) for table in tables) - len(places)
    if piece is None and (left_out <= _UNTOUCHED or decision.reading.missing):
        left_out = 0
    if left_out:
        tables = _cut(tables, places)
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {"title": f"更正工作簿 {decision.submission_id}", "author": "", "comments": "", "created": _CREATED}
        )
        book.set_custom_property(MARK, decision.submission_id)
        written = [place(table.sheet, number) for table in tables for number in table.numbers]
        for name, text in row_names(written).items():
            quoted = text.replace('"', '""')
            book.define_name(name, f'="{quoted}"')
        writer = _Writer(book, decision, shown)
        for table in tables:
            writer.table(table)
        writer.how(shown, piece, left_out)
    return sink.getvalue()


def _cut(tables: Sequence[SentTable], places: Set[tuple[str | None, int]]) -> list[SentTable]:
    """The tables with the rows at these places alone; a table without any is left out."""
    cut = []
    for table in tables:
        kept = [at for at, number in enumerate(table.numbers) if (table.sheet, number) in places]
        if kept:
            cut.append(replace(table, numbers=[table.numbers[at] for at in kept], rows=[table.rows[at] for at in kept]))
    return cut


class _Writer:
    """Writes one workbook; knows the findings of each row and the names taken by sheets."""

    def __init__(self, book: Any, decision: Decision, findings: Sequence[Finding]) -> None:
        self._book, self._decision = book, decision
        self._of_row: dict[tuple[str | None, int], list[Finding]] = defaultdict(list)
        for finding in findings:
            if finding["row"] is not None:
                self._of_row[finding["sheet"], finding["row"]].append(finding)
        self._checks = compiled.of(decision.submission.dataset)
        self._names: set[str] = set()
        self._notes = 0
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "num_format": "@"}
        self._text = book.add_format({"num_format": "@"})
        self._sent_head = book.add_format(head | {"bg_color": "#DDEBF7"})
        self._our_head = book.add_format(head | {"bg_color": "#E2EFDA"})
        self._marked = {
            severity: book.add_format({"num_format": "@", "bg_color": color}) for severity, color in _FILL.items()
        }

    def table(self, table: SentTable) -> None:
        """One sheet: what stood above the header, the header with our columns behind, the rows, worst first."""
        sheet = self._book.add_worksheet(self._name(table.sheet))
        sheet_name = sheet.get_name().replace("'", "''")
        self._book.define_name(f"'{sheet_name}'!{MARK}", f'="{self._decision.submission_id}"')
        for at, line in enumerate(table.above):
            for column, cell in enumerate(line):
                sheet.write_string(at, column, str(cell), self._text)
        top, width = len(table.above), len(table.headers)
        for column, header in enumerate(table.headers):
            sheet.write_string(top, column, header, self._sent_head)
            sheet.set_column(column, column, max(10, min(26, 2 * len(header) + 4)), self._text)
        for column, (header, size) in enumerate(
            ((place_header(self._decision.submission_id), 18), (OPINION, 60), (ACTION, 10), (REASON, 40)), width
        ):
            sheet.write_string(top, column, header, self._our_head)
            sheet.set_column(column, column, size, self._text)
        columns = {field: at for at, field in reversed(list(enumerate(table.fields))) if field}
        order = sorted(range(len(table.rows)), key=lambda row: (_rank(self._findings(table, row)), row))
        for at, row in enumerate(order, top + 1):
            self._row(sheet, at, table, row, columns)
        last = top + len(table.rows)
        self._lists(sheet, columns, top + 1, last)
        if table.rows:
            sheet.data_validation(top + 1, width + 2, last, width + 2, {"validate": "list", "source": list(ACTIONS)})
            sheet.autofilter(top, 0, last, width + 3)
        sheet.freeze_panes(top + 1, 0)

    def _findings(self, table: SentTable, row: int) -> Sequence[Finding]:
        return self._of_row.get((table.sheet, table.numbers[row]), ())

    def _name(self, sheet: str | None) -> str:
        """The sheet's name as far as a workbook allows it, each once."""
        base = _NOT_IN_A_NAME.sub("_", sheet or "数据")[:_LONGEST_NAME].strip("'") or "数据"
        name, number = base, 2
        while name.lower() in self._names or name == HOW:
            name = f"{base[: _LONGEST_NAME - 4]}({number})"
            number += 1
        self._names.add(name.lower())
        return name

    def _row(self, sheet: Any, at: int, table: SentTable, row: int, columns: Mapping[str, int]) -> None:
        findings = self._findings(table, row)
        worst: dict[int, Finding] = {}
        for finding in reversed(findings):  # listed worst first; what is about no column stands in the first
            for column in self._columns(finding, columns) or [0]:
                worst[column] = finding
        for column, cell in enumerate(table.rows[row]):
            form = self._marked[_weight(worst[column])] if column in worst else self._text
            if cell is not None:
                sheet.write_string(at, column, cell, form)
            elif column in worst:
                sheet.write_blank(at, column, None, form)
        for column in worst:
            note = "\n".join(
                _note(finding) for finding in findings if column in (self._columns(finding, columns)[:1] or [0])
            )
            self._notes += bool(note)
            if note and self._notes <= _NOTES:
                sheet.write_comment(at, column, note, {"x_scale": 2.5, "y_scale": 1.5, "author": ""})
        width = len(table.headers)
        identity = row_identity(self._decision.submission_id, table.sheet, table.numbers[row])
        sheet.write_string(at, width, identity, self._text)
        if findings:
            opinion = "；".join(finding["message"].rstrip("。") for finding in findings) + "。"
            sheet.write_string(at, width + 1, opinion, self._text)

    def _columns(self, finding: Finding, columns: Mapping[str, int]) -> list[int]:
        """The columns of all fields that the finding's rule looks at, the finding's first."""
        check = self._checks.get(finding["rule"])
        fields = dict.fromkeys((finding["field"], *(check.fields if check else ())))
        return [columns[name] for name in fields if name in columns]

    def _lists(self, sheet: Any, columns: Mapping[str, int], first: int, last: int) -> None:
        """Drop-downs where the list is short enough to stand in the cell's rule; they suggest, and forbid
        nothing."""
        for field in contract.dataset(self._decision.submission.dataset).fields if last >= first else ():
            offered = ["是", "否"] if field.kind == "bool" else list(choices(field)) if field.kind == "code" else []
            if field.name in columns and offered and len(",".join(offered)) <= _LONGEST_SOURCE:
                sheet.data_validation(
                    first,
                    columns[field.name],
                    last,
                    columns[field.name],
                    {"validate": "list", "source": offered, "show_error": False},
                )

    def how(self, findings: Sequence[Finding], piece: Slice | None, left_out: int) -> None:
        """The sheet that says by rule what is wrong, where, and what to do; and how many rows are not shown."""
        sheet = self._book.add_worksheet(HOW)
        wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        bold = self._book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        rows = self._decision.rows
        whose = f"{words.number(rows.received)} 行中有 {words.number(rows.held)} 行须更正，排在各表最前面；"
        if piece is not None:
            whose = f"本工作簿只有“{words.plain(piece.title)}”有问题的行，须更正的排在各表最前面；"
        elif left_out:
            whose += f"没有问题的 {words.number(left_out)} 行没有列出，照旧有效；"
        back = "按原渠道、同一报告期报送" if piece is None else f"交回{words.unit(self._decision.submission.unit)}报送"
        lines = (
            f"{whose}有问题的格子已着色，批注和“校验意见”写明原因。",
            f"直接在本工作簿里更正，然后{back}：改过的行并入原来的报送，没有改的行照旧，不必另发整份文件。",
            f"“{ACTION}”一列：改了格子的行可不填（或填“更正”）；不应报送的行填“作废”；"
            f"经核实无误的提醒填“说明”，并在“{REASON}”写明理由。",
            "请保留“原行号”一列（没有这一列的工作簿会被退回），不要把证件号码、电话、代码改成数字格式；新增的行“原行号”留空。",
        )
        for at, line in enumerate(lines):
            sheet.write_string(at, 0, line)
        top = len(lines) + 1
        sheet.write_row(top, 0, ["级别", "问题", HOW, "处数", "在原文件中的位置", "规则编号"], bold)
        groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        for finding in findings:
            groups[finding["rule"], finding["message"]].append(finding)
        for at, ((rule, message), members) in enumerate(groups.items(), top + 1):
            shown = "、".join(_shown_place(finding) for finding in members[:_SHOWN_CELLS])
            more = f"等 {words.number(len(members))} 处" if len(members) > _SHOWN_CELLS else ""
            sheet.write_row(
                at,
                0,
                [
                    words.SEVERITIES[members[0]["severity"]],
                    message,
                    members[0]["fix"],
                    len(members),
                    shown + more,
                    rule,
                ],
                wrap,
            )
        for column, width in enumerate((10, 44, 44, 8, 44, 22)):
            sheet.set_column(column, column, width)


def _weight(finding: Finding) -> str:
    """The severity, but what was explained or let pass by an exception asks for nothing more."""
    return "info" if is_answered(finding) else str(finding["severity"])


def _rank(findings: Sequence[Finding]) -> int:
    """Held rows first, then rows to be looked at, then the others."""
    weights = {_weight(finding) for finding in findings}
    return 0 if "critical" in weights else 1 if "warning" in weights else 2


def _note(finding: Finding) -> str:
    """Why, what was received as far as it may be shown, and what is expected."""
    received = f"收到：{finding['value']}。" if finding["value"] is not None else ""
    expected = f"应为：{finding['expected']}。" if finding["expected"] else ""
    return f"{finding['message']}{received}{expected}{_answer(finding) or finding['fix']}"


def _answer(finding: Finding) -> str:
    """What was said in answer to it, if anything was."""
    if finding["explanation"]:
        return f"已说明：{finding['explanation']}"
    return f"按例外 {finding['exception_id']} 放行。" if finding["exception_id"] else ""


def _shown_place(finding: Finding) -> str:
    if finding["row"] is None:
        return "整份文件"
    return str(finding["cell"] or f"第{finding['row']}行")
