"""Web archives (.mht, "单个文件网页"), which spreadsheet programs save as and call .xls → the tables of their pages.

The pages themselves are `html`. Ends at `Opened`.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace

from ingest.readers import html
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed, decode


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every table of every page in the archive, as 表1, 表2 …; frames, styles and pictures are passed over."""
    sheets: list[Sheet] = []
    encoding = None
    for page, encoding in _pages(content):
        try:
            sheets += html.read(b"", Sniffed("html", encoding, page)).sheets
        except Unreadable as refused:
            if refused.problem != "no_table":
                raise
    if not sheets:
        raise Unreadable("no_table", "网页里没有表格，请从系统导出表格后报送。", "mht")
    named = tuple(replace(sheet, name=f"表{at}") for at, sheet in enumerate(sheets, 1))
    return Opened("mht", encoding, named)


def _pages(content: bytes) -> Iterator[tuple[str, str]]:
    """The web pages of an archive, decoded, each with its encoding: the one it names where it fits."""
    message = email.message_from_bytes(content.lstrip(), policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            charset = part.get_content_charset() or ""
            try:
                yield data.decode(charset), charset
            except (LookupError, UnicodeDecodeError):
                yield decode(data)
