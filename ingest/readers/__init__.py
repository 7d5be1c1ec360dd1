"""Readers: a file's bytes → its sheets as cell texts. Ends at `Opened`; what a cell means is not known here."""

from __future__ import annotations

import importlib

import pyarrow.compute as pc

from ingest.limits import limits
from ingest.readers import archive
from ingest.readers.locked import unlocked
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed, sniff

__all__ = ["DAMAGED", "Opened", "Sheet", "Unreadable", "open_file"]

DAMAGED = "文件读到一半出错，可能已损坏，请重新导出后报送。"
_READERS = {
    "xlsx": "xlsx",
    "xlsb": "xlsx",
    "xls": "xls",
    "ods": "ods",
    "html": "html",
    "mht": "mht",
    "xml": "spreadsheetml",
    "text": "delimited",
    "json": "json_records",
}
"""Kind of file → the module that reads it, imported when the first such file comes: all of them take 0.3 s."""
_PACKED = ("xlsx", "xlsb", "ods")
"""Kinds of workbook that are archives of parts with ASCII names."""


def open_file(content: bytes) -> Opened:
    """All sheets of a file, whatever its name says. `Unreadable` says what the file is instead, never a value."""
    content = unlocked(content)
    sniffed = sniff(content)
    if sniffed.kind == "zip":
        return _within_limits(archive.read(content, _open_member))
    return _open(content, sniffed)


def _open_member(content: bytes) -> Opened:
    content = unlocked(content)
    sniffed = sniff(content)
    if sniffed.kind == "zip":
        raise Unreadable("unknown_kind", "压缩包里还有压缩包，请只压缩一层。", "zip")
    return _open(content, sniffed)


def _open(content: bytes, sniffed: Sniffed) -> Opened:
    try:
        if sniffed.kind in _PACKED:
            content = archive.with_slashes(content)
        reader = importlib.import_module(f"ingest.readers.{_READERS[sniffed.kind]}")
        return _within_limits(reader.read(content, sniffed))
    except (Unreadable, MemoryError):
        raise
    except Exception:
        # A reader's defect costs its file only; the message may quote cells, so it is dropped.
        raise Unreadable("damaged", DAMAGED, sniffed.kind) from None


def _within_limits(opened: Opened) -> Opened:
    most = limits()
    if len(opened.sheets) > most.sheets:
        raise Unreadable(
            "too_large", f"文件有 {len(opened.sheets)} 张工作表，超过 {most.sheets} 张，请分成几个文件。", opened.kind
        )
    for sheet in opened.sheets:
        if sheet.height > most.rows:
            raise Unreadable("too_large", f"有工作表超过 {most.rows} 行，请分成几个文件。", opened.kind)
        if len(sheet.columns) > most.columns:
            raise Unreadable("too_large", f"有工作表超过 {most.columns} 列，请删去多余的列。", opened.kind)
        if sheet.height * len(sheet.columns) > most.cells:
            raise Unreadable("too_large", f"有工作表超过 {most.cells} 个单元格，请分成几个文件。", opened.kind)
        for column in sheet.columns:
            # No cell has more characters than its column has bytes, and to know these costs nothing.
            is_short = column.nbytes <= most.cell_characters
            if not is_short and (pc.max(pc.utf8_length(column)).as_py() or 0) > most.cell_characters:
                raise Unreadable(
                    "too_large", f"有单元格超过 {most.cell_characters} 个字，请检查文件是否正常。", opened.kind
                )
    return opened
