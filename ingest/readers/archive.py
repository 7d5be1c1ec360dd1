"""Archives (zip) → the sheets of all their members, each named by its member.

Nothing is unpacked to disk, and no archive inside an archive. Ends at `Opened`.
"""

from __future__ import annotations

import dataclasses
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from ingest.readers.sheet import Opened, Sheet, Unreadable
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import FileProblem, Remark

_BESIDE_DATA = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_UTF8_NAME = 0x800
_SYMLINK = 0o120000
_FIRST: tuple[FileProblem, ...] = ("encrypted", "damaged")


def read(content: bytes, open_member: Callable[[bytes], Opened]) -> Opened:
    """The members in the order of their names; one that holds no table is remarked, one that would do harm refuses all.

    Args:
        open_member: reads one member; it is never given an archive.
    """
    sheets: list[Sheet] = []
    notes: list[str] = []
    remarks: list[Remark] = []
    refusals: list[Unreadable] = []
    properties: list[tuple[str, str]] = []
    encodings: set[str | None] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member, name in _members(archive):
            try:
                opened = open_member(archive.read(member))
            except Unreadable as refused:
                refusals.append(refused)
                remarks.append(Remark("member_not_read", {"name": redact(name), "reason": refused.detail}))
                continue
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
                raise Unreadable("damaged", "压缩包已损坏或没有传完整，请重新压缩后报送。", "zip") from None
            label = redact(PurePosixPath(name).name)
            sheets += [
                dataclasses.replace(sheet, name=f"{label}/{sheet.name}" if sheet.name else label)
                for sheet in opened.sheets
            ]
            notes += opened.notes
            remarks += opened.remarks
            properties += opened.properties
            encodings.add(opened.encoding)
    if not sheets:
        raise _without_table(refusals)
    encoding = encodings.pop() if len(encodings) == 1 else None
    return Opened("zip", encoding, tuple(sheets), tuple(notes), tuple(remarks), tuple(properties))


def _without_table(refusals: Sequence[Unreadable]) -> Unreadable:
    """Why no member holds a table: what is locked or damaged comes before what kind of file it is."""
    worst = min(refusals, key=lambda refused: (*_FIRST, refused.problem).index(refused.problem), default=None)
    problem = worst.problem if worst and worst.problem in _FIRST else "no_table"
    return Unreadable(problem, f"压缩包里没有能读取的表格：{worst.detail if worst else '里面没有文件。'}", "zip")


def with_slashes(content: bytes) -> bytes:
    """The bytes of an archive whose members' names have slashes: some programs for Windows write backslashes, which
    readers of workbooks do not know. All else as it is."""
    if not content.startswith(b"PK") or b"\\" not in content:
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        places = [member.header_offset for member in archive.infolist() if "\\" in member.filename]
        at = archive.start_dir
    if not places:
        return content
    changed = bytearray(content)
    for place in places:
        _turn(changed, place + 30, int.from_bytes(content[place + 26 : place + 28], "little"))
    while content[at : at + 4] == b"PK\x01\x02":
        name, extra, comment = (int.from_bytes(content[at + 28 + 2 * n : at + 30 + 2 * n], "little") for n in range(3))
        _turn(changed, at + 46, name)
        at += 46 + name + extra + comment
    return bytes(changed)


def _turn(content: bytearray, at: int, length: int) -> None:
    content[at : at + length] = content[at : at + length].replace(b"\\", b"/")


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    named = sorted((_name(member), member) for member in archive.infolist() if not member.is_dir())
    for name, member in named:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
            raise Unreadable("damaged", "压缩包里有指向包外的路径，没有读取，请重新压缩后报送。", "zip")
        if member.external_attr >> 16 & 0o170000 == _SYMLINK:
            raise Unreadable("damaged", "压缩包里有符号链接，没有读取，请重新压缩后报送。", "zip")
        if member.flag_bits & 1:
            raise Unreadable("encrypted", "压缩包设有密码，请取消密码后重新报送。", "zip")
        if not name.startswith(_BESIDE_DATA[0]) and path.name not in _BESIDE_DATA:
            yield member, str(path)


def _name(member: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag were read as CP437; on Chinese systems they are GB18030."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
