"""The sheet 怎么改 of a correction workbook: what is wrong by rule, what to do, and links to the rows.

The words of a finding are `correction_words`. Ends at the sheet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages import words
from pages.gather.findings import Finding
from pages.gather.slices import Slice
from pages.render.correction_words import Words, fix
from pages.render.row_groups import RowPlace
from warehouse.vocabulary.correction_columns import ACTION, HOW, KEEP, LIVE, PLACE, REASON, WITHDRAW
from warehouse.vocabulary.submission import Decision

LINKS = 12
"""Rows of a problem to which there is a link; the others are found by their colour."""
_HEADS = ("级别", "问题", HOW, "处数", "看哪几列")
_WIDTHS = (10, 46, 46, 8, 30)
_LINK_WIDTH = 14


@dataclass(frozen=True)
class Advice:
    """What the sheet tells. `left_out`: rows without a problem that are not in the workbook; `targets`: where each row
    stands in it, as sheet and row from 1; `prefilled`: rows whose 处理方式 is filled in."""

    decision: Decision
    findings: Sequence[Finding]
    words: Words
    piece: Slice | None
    left_out: int
    targets: Mapping[RowPlace, tuple[str, int]]
    prefilled: int


def write_advice(book: Any, sheet: Any, advice: Advice) -> None:
    """Fills the sheet."""
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    link = book.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"})
    lines = _lines(advice)
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, line)
    top = len(lines) + 1
    sheet.write_row(top, 0, [*_HEADS, "点击转到所在的行（原文件的行号）"], bold)
    by_problem: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in advice.findings:
        by_problem[finding["rule"], finding["message"]].append(finding)
    for at, members in enumerate(by_problem.values(), top + 1):
        first = members[0]
        columns = advice.words.columns(advice.words.fields(first))
        said = [words.SEVERITIES[first["severity"]], first["message"], fix(first), len(members), columns]
        sheet.write_row(at, 0, said, wrap)
        _write_links(sheet, at, members, advice, link)
    for column, width in enumerate((*_WIDTHS, *[_LINK_WIDTH] * (LINKS + 1))):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(top + 1, 0)


def _write_links(sheet: Any, at: int, members: Sequence[Finding], advice: Advice, form: Any) -> None:
    if members[0]["row"] is None:
        sheet.write_string(at, len(_HEADS), advice.words.place(members[0]))
        return
    for column, finding in enumerate(members[:LINKS], len(_HEADS)):
        target = advice.targets.get((finding["sheet"], finding["row"]))
        shown = advice.words.place(finding)
        if target is None:
            sheet.write_string(at, column, shown)
            continue
        name, row = target
        quoted = name.replace("'", "''")
        sheet.write_url(at, column, f"internal:'{quoted}'!A{row}", form, shown)
    if len(members) > LINKS:
        sheet.write_string(at, len(_HEADS) + LINKS, f"等 {words.number(len(members))} 处")


def _lines(advice: Advice) -> list[str]:
    """What the workbook is and how it is filled in and sent back."""
    rows = advice.decision.rows
    whose = f"{words.number(rows.received)} 行中有 {words.number(rows.held)} 行须更正，排在各表最前面；"
    if advice.piece is not None:
        whose = f"本工作簿只有“{words.plain(advice.piece.title)}”有问题的行，须更正的排在各表最前面；"
    elif advice.left_out:
        whose += f"没有问题的 {words.number(advice.left_out)} 行没有列出，照旧有效；"
    unit = advice.decision.submission.unit
    back = "按原渠道、同一报告期报送" if advice.piece is None else f"交回{words.unit(unit)}报送"
    lines = [
        f"{whose}有问题的格子已着色，批注和“校验意见”写明原因。",
        f"直接在本工作簿里更正，然后{back}：改过的行并入原来的报送，没有改的行照旧，不必另发整份文件。",
        f"“{ACTION}”一列：改了格子的行可不填（或填“更正”）；不应报送的行填“{WITHDRAW}”，不要删除整行；"
        f"经核实无误的提醒填“说明”，并在“{REASON}”写明理由。",
        f"相互重复或矛盾的行排在一起，不同的格子已着色：保留的一行选“{KEEP}”，其余的选“{WITHDRAW}”。",
        f"“{LIVE}”一列由表格自动显示：改对以后提示消失，仍有提示的请再核对。",
        f"请保留“{PLACE}”一列（没有这一列的工作簿会被退回），不要把证件号码、电话、代码改成数字格式；"
        f"新增的行加在末尾，“{PLACE}”留空。",
    ]
    if advice.prefilled:
        lines.insert(
            3,
            f"与前面的行完全相同的 {words.number(advice.prefilled)} 行，“{ACTION}”已预填“{WITHDRAW}”；"
            "其实是另一件事的，请删去“作废”并改正填错的格子。",
        )
    return lines
