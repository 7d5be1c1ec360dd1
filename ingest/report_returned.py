"""A list of problems or a page of a report that comes back in place of data: what it is, and what to send instead.

By its content, whatever it is called; correction workbooks and sheets of confirmation are answers and not looked for
here. Ends at one Chinese sentence.
"""

from __future__ import annotations

from ingest.layout import HEADER_ROWS
from ingest.readers.sheet import Opened, Row
from warehouse.vocabulary.correction_columns import submission_in
from warehouse.vocabulary.report_mark import LIST_TITLES, MARK, RECORD_KEYS


def said(opened: Opened, name: str) -> str | None:
    """Null where the file is no report of ours.

    Args:
        name: the file's own; it may say which submission the report is about.
    """
    kind = _kind(opened)
    if kind is None:
        return None
    texts = [*(text for title, text in opened.properties if title == MARK), name]
    about = next((named for text in texts if (named := submission_in(text))), None)
    workbook = f"更正工作簿 corrections/{about.unit}/{about.submission_id}.xlsx" if about else "报告附的更正工作簿"
    return f"这是本系统发出的{kind}，不是报送的数据；请在{workbook}里更正后送回，或改好原文件后整份重新报送。"


def _kind(opened: Opened) -> str | None:
    if any(title == MARK for title, _ in opened.properties):
        return "报告页面（HTML）"
    if {note.partition(":")[0] for note in opened.notes} >= RECORD_KEYS:
        return "问题清单（JSON）"
    for sheet in opened.sheets:
        if not sheet.is_records and any(map(_heads_a_list, sheet.head(HEADER_ROWS))):
            return "问题清单"
    return None


def _heads_a_list(row: Row) -> bool:
    return LIST_TITLES.issubset(cell.strip() for cell in row if cell)
