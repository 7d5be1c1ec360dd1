"""The sheet by which a unit says whether a submission replaces what stands: the question, a drop-down, who answers.

Ends at the workbook's bytes; reading it back is `ingest.confirmation_sheet`.
"""

from __future__ import annotations

import datetime as dt
import io

import xlsxwriter

from pages import words
from pages.gather.submission import SubmissionFacts
from pages.render.standing import question
from warehouse.store.records import Comparison
from warehouse.store.standing import Awaited
from warehouse.vocabulary.confirmation_sheet import ANSWER, ANSWERED_BY, ANSWERS, ID, MARK, TITLE

_CREATED = dt.datetime(2025, 1, 1)
"""The same question gives the same bytes, whenever it is written."""


def confirmation_sheet(facts: SubmissionFacts, comparison: Comparison, awaited: Awaited) -> bytes:
    """An xlsx workbook to fill in and send back, under whatever name."""
    submission = facts.decision.submission
    told = (
        ("报送单位", words.unit(submission.unit)),
        ("报送项", f"《{words.dataset(submission.dataset)}》{words.period_title(submission.period)}"),
        ("本次来件", f"{words.short(facts.decision.reading.file.name)}，{words.moment(facts.received_at)}送达"),
        ("本次条数", words.number(comparison.keys_sent)),
        ("现有条数" if comparison.stood else "上一期条数", words.number(comparison.keys_standing)),
        ("须确认的问题", question(comparison)),
        ("最迟答复", f"{words.day(awaited.until)}；逾期未答复的，本次来件作放弃处理，现有数据不变"),
        (ID, facts.decision.submission_id),
    )
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": TITLE, "author": "", "comments": "", "created": _CREATED})
        book.set_custom_property(MARK, facts.decision.submission_id)
        sheet = book.add_worksheet(TITLE)
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7", "valign": "vcenter"})
        text = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"})
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        blank = book.add_format({"border": 1, "bg_color": "#FFE699", "num_format": "@", "locked": False})
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 64)
        sheet.merge_range(0, 0, 0, 1, "整份替换确认单", title)
        for at, (label, value) in enumerate(told, 1):
            sheet.write_string(at, 0, label, head)
            sheet.write_string(at, 1, value, text)
        sheet.set_row(1 + [label for label, _ in told].index("须确认的问题"), 36)
        last = len(told) + 1
        for at, label in enumerate((ANSWER, ANSWERED_BY), last):
            sheet.write_string(at, 0, label, head)
            sheet.write_blank(at, 1, None, blank)
        sheet.data_validation(
            last,
            1,
            last,
            1,
            {"validate": "list", "source": list(ANSWERS), "error_title": TITLE, "error_message": "请选“是”或“否”。"},
        )
        sheet.merge_range(
            last + 2,
            0,
            last + 2,
            1,
            "“是”：以本次来件整份替换现有数据；“否”：现有数据不变。填写两个黄色格子，保存后按原渠道送回。",
            book.add_format({"text_wrap": True, "font_color": "#5F6B76"}),
        )
        sheet.set_row(last + 2, 32)
        sheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True})
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return sink.getvalue()
