"""What a file is, by its bytes alone: extensions lie (an .xls may be a web page, text, or a real workbook)."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from dataclasses import dataclass

from ingest.readers.sheet import Unreadable

MAX_BYTES = 512 * 2**20
MAX_UNPACKED_BYTES = 2 * 2**30

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文档"), (b"\x89PNG", "PNG 图片"), (b"\xff\xd8\xff", "JPEG 图片"), (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"), (b"II*\0", "TIFF 图片"), (b"MM\0*", "TIFF 图片"),
    (b"Rar!", "RAR 压缩包"), (b"7z\xbc\xaf", "7z 压缩包"), (b"\x1f\x8b", "GZIP 压缩包"),
    (b"SQLite format 3", "SQLite 数据库"), (b"{\\rtf", "RTF 文档"),
)
_MARKUP: tuple[tuple[str, str], ...] = (
    (r"<\?xml[^>]*>.*?<(ss:)?Workbook", "另存为 XML 的表格（XML 2003）"),
    (r"<!doctype html|<html|<table|<meta|<head|<body|<div", "网页（HTML）另存的表格"),
    (r"<\?xml", "XML 文件"),
)
_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"), (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Sniffed:
    """`kind` is xlsx, xls, text or json; text and json come decoded, with the encoding that fitted."""

    kind: str
    encoding: str | None = None
    text: str = ""


def sniff(content: bytes) -> Sniffed:
    """What to read the bytes as; `Unreadable` for all that is no table."""
    if not content:
        raise Unreadable("empty", "文件是空的（0 字节）。")
    if len(content) > MAX_BYTES:
        raise Unreadable("too_large", f"文件超过 {MAX_BYTES // 2**20} MB，请按月份或区分成几个文件。")
    if content.startswith(_OLE2):
        return _compound(content)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content)
    for magic, name in _FOREIGN:
        if content.startswith(magic):
            raise _foreign(name)
    text, encoding = decode(content)
    head = text.lstrip("\ufeff\0 \t\r\n")[:2000]
    if not head:
        raise Unreadable("empty", "文件里没有任何内容。")
    if len(_CONTROL.findall(text[:100_000])) > 2:
        raise _foreign("二进制文件")
    for pattern, name in _MARKUP:
        if re.match(pattern, head, re.IGNORECASE | re.DOTALL):
            raise _foreign(name)
    return Sniffed("json" if head[0] in "[{" else "text", encoding, text)


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding: by byte order mark, else UTF-8, else GB18030, each without tolerance."""
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), name
            except UnicodeDecodeError:
                raise Unreadable("damaged", "文件开头声明了编码，但内容不符合该编码，文件可能已损坏。") from None
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise _foreign("既不是文本也不是工作簿的文件")


def _compound(content: bytes) -> Sniffed:
    if _utf16("EncryptedPackage") in content:
        raise Unreadable("encrypted", "工作簿设有打开密码，请取消密码后重新报送。", "xlsx")
    if _utf16("WordDocument") in content:
        raise _foreign("Word 文档")
    if _utf16("PowerPoint Document") in content:
        raise _foreign("PowerPoint 文档")
    return Sniffed("xls")


def _archive(content: bytes) -> Sniffed:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("damaged", "工作簿已损坏或没有传完整，请重新导出后报送。", "xlsx") from None
    names = {member.filename for member in members}
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise Unreadable("too_large", "工作簿解压后过大，请分成几个文件。", "xlsx")
    if any(name.startswith("xl/workbook.") and name.endswith(".xml") for name in names):
        return Sniffed("xlsx")
    if "xl/workbook.bin" in names:
        raise _foreign("xlsb 二进制工作簿")
    if any(name.startswith("word/") for name in names):
        raise _foreign("Word 文档")
    if any(name.startswith("ppt/") for name in names):
        raise _foreign("PowerPoint 文档")
    if "content.xml" in names:
        raise _foreign("OpenDocument 表格")
    raise _foreign("ZIP 压缩包")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _foreign(name: str) -> Unreadable:
    return Unreadable("unknown_kind", f"文件实际是{name}，请另存为 xlsx、csv 或 json 后重新报送。")
