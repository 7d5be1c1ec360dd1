"""Readers: a file's bytes → its sheets as cell texts. Ends at `Opened`; what a cell means is not known here."""

from __future__ import annotations

from collections.abc import Callable

from ingest.readers import delimited, json_records, workbook
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed, sniff

__all__ = ["DAMAGED", "Opened", "Sheet", "Unreadable", "open_file"]

DAMAGED = "文件读到一半出错，可能已损坏，请重新导出后报送。"
_READERS: dict[str, Callable[[bytes, Sniffed], Opened]] = {
    "xlsx": workbook.read, "xls": workbook.read, "text": delimited.read, "json": json_records.read,
}


def open_file(content: bytes) -> Opened:
    """All sheets of a file, whatever its name says. `Unreadable` says what the file is instead, never a value."""
    sniffed = sniff(content)
    try:
        return _READERS[sniffed.kind](content, sniffed)
    except Unreadable:
        raise
    except Exception:
        # A reader's defect costs its file only; the message may quote cells, so it is dropped.
        raise Unreadable("damaged", DAMAGED, sniffed.kind) from None
