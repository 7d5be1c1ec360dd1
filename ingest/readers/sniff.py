"""What a file is, by its bytes alone: extensions lie (an .xls may be a web page, text, or a real workbook)."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ingest.limits import limits
from ingest.readers.sheet import LOCKED, Unreadable

MEMBER_MB = 20
"""Only members unpacked to more than this are judged by their ratio."""

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\0", "TIFF 图片"),
    (b"MM\0*", "TIFF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "GZIP 压缩包"),
    (b"SQLite format 3", "SQLite 数据库"),
    (b"{\\rtf", "RTF 文档"),
)
_SPREADSHEETML = re.compile(r"(<\?xml[^>]*>)?.*?<(\w+:)?Workbook\b", re.DOTALL)
_HTML = re.compile(
    r"\s*(<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype\s+html|html|table|meta|head|body|div|style|center)\b",
    re.IGNORECASE | re.DOTALL,
)
_PACKED_JSON = re.compile(r'"\s*[\[{](?:\s|\\[rnt])*(?:\\"|[\[{])')
"""A text of JSON that holds JSON."""
_WEB_ARCHIVE = re.compile(
    r"(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*(?:multipart/related|text/html)", re.IGNORECASE
)
_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_CONTROL = re.compile(r"[\x00\x03-\x08\x0e-\x1e\x7f]")
"""\\x01, \\x02 and \\x1f are delimiters of `delimited`."""


@dataclass(frozen=True)
class Sniffed:
    """`kind` says which reader the bytes want; what is text comes decoded, with the encoding that fitted."""

    kind: str
    encoding: str | None = None
    text: str = ""


def sniff(content: bytes) -> Sniffed:
    """What to read the bytes as; `Unreadable` for all that is no table."""
    if not content:
        raise Unreadable("empty", "文件是空的（0 字节）。")
    if (refusal := limits().oversize(len(content))) is not None:
        raise Unreadable("too_large", refusal)
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
    if head[0] == "<":
        if _SPREADSHEETML.match(head) and "office:spreadsheet" in head:
            return Sniffed("xml", encoding, text)
        if _HTML.match(head):
            return Sniffed("html", encoding, text)
        if head.startswith("<?xml"):
            raise _foreign("XML 文件")
    if head[0] in "[{" or _PACKED_JSON.match(head):
        return Sniffed("json", encoding, text)
    return Sniffed("mht" if _WEB_ARCHIVE.match(head) else "text", encoding, text)


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding: by byte order mark, else UTF-16 by its zeros, UTF-8, GB18030, each without tolerance."""
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), name
            except UnicodeDecodeError:
                raise Unreadable("damaged", "文件开头声明了编码，但内容不符合该编码，文件可能已损坏。") from None
    candidates = ["utf-8", "gb18030"]
    zeros = [content[:4000:2].count(0), content[1:4000:2].count(0)]
    if max(zeros) > len(content[:4000]) // 10 and min(zeros) * 4 < max(zeros):
        candidates = ["utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"]
    broken, is_cut = 0, False
    for encoding in candidates:
        try:
            return content.decode(encoding), "utf-16" if encoding.startswith("utf-16") else encoding
        except UnicodeDecodeError as error:
            broken = max(broken, error.start)
            is_cut = is_cut or (encoding == "utf-8" and error.end == len(content) and "end of data" in error.reason)
    if broken < 4 or _BINARY.search(content[:2000]):
        raise _foreign("既不是文本也不是工作簿的文件")
    if is_cut:
        raise Unreadable("damaged", "文件在一个字的中间断开，没有传完整，请重新导出后报送。")
    line = content.count(b"\n", 0, broken) + 1
    raise Unreadable("damaged", f"第 {line} 行起的文字既不是 UTF-8 也不是 GB18030 编码，请用一种编码重新导出。")


def _compound(content: bytes) -> Sniffed:
    if _utf16("EncryptedPackage") in content:
        raise Unreadable("encrypted", LOCKED, "xlsx")
    if _utf16("WordDocument") in content:
        raise _foreign("Word 文档")
    if _utf16("PowerPoint Document") in content:
        raise _foreign("PowerPoint 文档")
    return Sniffed("xls")


def _archive(content: bytes) -> Sniffed:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            is_ods = b"opendocument.spreadsheet" in _beginning(archive, "mimetype")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, zlib.error):
        raise Unreadable("damaged", "工作簿或压缩包已损坏或没有传完整，请重新导出后报送。", "zip") from None
    names = {member.filename.replace("\\", "/") for member in members}
    kind = _kind_of_archive(names, is_ods)
    _weigh(members, kind)
    return Sniffed(kind)


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as member:
        return member.read(200)


def _kind_of_archive(names: Collection[str], is_ods: bool) -> str:
    if any(name.startswith("xl/workbook") and name.endswith(".xml") for name in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if is_ods or ("content.xml" in names and "styles.xml" in names):
        return "ods"
    if any(name.startswith("word/") for name in names):
        raise _foreign("Word 文档")
    if any(name.startswith("ppt/") for name in names):
        raise _foreign("PowerPoint 文档")
    return "zip"


def _weigh(members: Sequence[zipfile.ZipInfo], kind: str) -> None:
    """Refuses what would unpack to more than the limits, by what the archive itself declares.

    zipfile reads no more of a member than it declares, so a false declaration gains nothing.
    """
    if len(members) > limits().members:
        raise Unreadable("too_large", f"文件里有 {len(members)} 个部分，超过 {limits().members} 个，没有读取。", kind)
    if sum(member.file_size for member in members) > limits().unpacked_mb * 2**20:
        raise Unreadable("too_large", f"文件解压后超过 {limits().unpacked_mb} MB，请分成几个文件。", kind)
    if any(
        member.file_size > MEMBER_MB * 2**20 and member.file_size > limits().ratio * max(1, member.compress_size)
        for member in members
    ):
        raise Unreadable("too_large", f"文件解压后是压缩时的 {limits().ratio} 倍以上，不像真实数据，没有读取。", kind)


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _foreign(name: str) -> Unreadable:
    space = " " * name[0].isascii()
    return Unreadable("unknown_kind", f"文件实际是{space}{name}，请另存为 xlsx、csv 或 json 后重新报送。")
