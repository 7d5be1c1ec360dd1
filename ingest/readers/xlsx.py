"""Workbooks in Open XML (xlsx, xlsm) and xlsb → sheets. Macros, formulas and links are never run or followed.

calamine gives the cells; what it does not tell (errors, formulas without a result, hidden rows and columns, the 1904
calendar) is taken from the sheets' XML.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine
from lxml import etree

from ingest.limits import limits
from ingest.readers import cells, markup
from ingest.readers.markup import attributes, local, refuse_entities
from ingest.readers.sheet import LOCKED, Merge, Opened, Row, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Remark
from warehouse.vocabulary.tables import NO_RESULT

DENSE_CELLS = 30_000_000
"""calamine lays a sheet out from its first to its last cell; a larger extent is read row by row instead."""

_CUSTOM = "docProps/custom.xml"
_CHUNK = 2**16
"""Bytes looked at at once, few enough for the processor's cache: 6.8 MB in 4 instead of 11 ms with 8 MB."""
_P = rb"(?:\w+:)?"
_NAME = rb'\br="([A-Z]{1,3}\d{1,7})"'
_ERROR = re.compile(
    rb"<" + _P + rb'c\b(?=[^>]*\bt="e")[^>]*' + _NAME + rb"[^>]*>(?:(?!</" + _P + rb"c>).)*?<" + _P + rb"v>([^<]*)<",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb"<"
    + _P
    + rb'c\b(?![^>]*\bt="str")[^>]*'
    + _NAME
    + rb"[^>]*>\s*<"
    + _P
    + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</"
    + _P
    + rb"f>)\s*(?:</"
    + _P
    + rb"c>|<"
    + _P
    + rb"v\s*/>|<"
    + _P
    + rb"v></)"
)
_HIDDEN_ROW = re.compile(rb"<" + _P + rb'row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d{1,7})"[^>]*(/?)>(?!</)')
_HIDDEN_COLUMN = re.compile(
    rb"<" + _P + rb'col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")[^>]*\bmax="(\d+)"'
)
_LAST_ROW = re.compile(rb"<" + _P + rb'row\b[^>]*\br="(\d{1,9})"')
_COLUMN = re.compile(rb'\br="([A-Z]{1,3})\d')


@dataclass
class _Part:
    """What the XML of one sheet tells beside its cells."""

    extent: int = 0
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: int = 0
    patches: dict[tuple[int, int], str] = field(default_factory=dict)


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every worksheet from its first row on, so that row numbers are the workbook's own; hidden ones too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        remarks = [Remark("macros")] * ("xl/vbaProject.bin" in names)
        remarks += [Remark("external_links")] * any(
            name.startswith("xl/externalLinks/") or name == "xl/connections.xml" for name in names
        )
        parts, is_1904, properties = _parts(archive) if sniffed.kind != "xlsb" else ({}, False, [])
        properties += _document_properties(archive)
        kind = "xlsm" if remarks and remarks[0].kind == "macros" and sniffed.kind == "xlsx" else sniffed.kind
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        sheets = tuple(
            _sheet(content, book, meta, parts.get(meta.name, _Part()), is_1904)
            for meta in book.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        )
    except python_calamine.PasswordError:
        raise Unreadable("encrypted", LOCKED, kind) from None
    except Unreadable:
        raise
    except BaseException as error:
        # The reader is Rust: its panics are no Exception, and its messages may quote cells.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise Unreadable("damaged", "工作簿已损坏或没有传完整，请重新导出后报送。", kind) from None
    return Opened(kind, None, sheets, remarks=tuple(remarks), properties=tuple(properties))


def _parts(archive: zipfile.ZipFile) -> tuple[dict[str, _Part], bool, list[tuple[str, str]]]:
    """Sheet name → what its XML tells, whether days are counted from 1904, and the defined names of a text."""
    workbook = next(name for name in archive.namelist() if name.startswith("xl/workbook") and name.endswith(".xml"))
    root = _parsed(archive.read(workbook))
    relations = posixpath.join(posixpath.dirname(workbook), "_rels", posixpath.basename(workbook) + ".rels")
    targets = {}
    if relations in archive.namelist():
        for relation in _parsed(archive.read(relations)):
            said = attributes(relation)
            targets[said.get("Id")] = posixpath.normpath(posixpath.join("/xl", said.get("Target", ""))).lstrip("/")
    is_1904, parts, names = False, {}, []
    for element in root.iter(etree.Element):
        said = attributes(element)
        if local(element) == "workbookPr":
            is_1904 = said.get("date1904") in ("1", "true")
        elif local(element) == "sheet" and targets.get(said.get("id")) in archive.namelist():
            parts[said.get("name", "")] = _part(archive.read(targets[said["id"]]))
        elif local(element) == "definedName" and (text := markup.text_constant(element.text)):
            names.append((said.get("name", ""), text))
    return parts, is_1904, names


def _document_properties(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    if _CUSTOM not in archive.namelist():
        return []
    return [
        (attributes(element).get("name", ""), "".join(map(str, element.itertext())).strip())
        for element in _parsed(archive.read(_CUSTOM)).iter(etree.Element)
        if local(element) == "property"
    ]


def _parsed(data: bytes) -> etree._Element:
    refuse_entities(data, "xlsx")
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _part(data: bytes) -> _Part:
    """Looks for each thing only where the bytes hold it at all."""
    refuse_entities(data, "xlsx")
    part = _Part(extent=_extent(data))
    if b"hidden=" in data:
        part.hidden_rows = frozenset(int(match[1]) for match in _HIDDEN_ROW.finditer(data) if not match[2])
        part.hidden_columns = sum(
            int(match[2]) - int(match[1]) + 1
            for match in _HIDDEN_COLUMN.finditer(data)
            if int(match[2]) <= limits().columns
        )
    if b'"e"' in data:
        part.patches |= {
            cells.place(match[1].decode()): match[2].decode("utf-8", "replace") for match in _ERROR.finditer(data)
        }
    if b"<f" in data or b":f" in data:
        part.patches |= {cells.place(match[1].decode()): NO_RESULT for match in _FORMULA.finditer(data)}
    return part


def _extent(data: bytes) -> int:
    """At least the number of cells from A1 to the last filled one, counted exactly only where it may be large."""
    rows = max((int(match[1]) for match in _LAST_ROW.finditer(data[-65536:])), default=1)
    rows = max(rows, min(data.count(b"<row"), 2**20))
    columns = _columns_at_most(data)
    if rows * columns <= DENSE_CELLS:
        return rows * columns
    widest = max(set(_COLUMN.findall(data)), key=lambda letters: (len(letters), letters), default=b"A")
    return rows * (cells.place(f"{widest.decode()}1")[1] + 1)


def _columns_at_most(data: bytes) -> int:
    """52, 702 or 16,384, by the capitals in references like r="AB12"."""
    bound = 52
    for start in range(0, len(data), _CHUNK):
        part = np.frombuffer(data, np.uint8, min(_CHUNK + 5, len(data) - start), start)
        capital, digit = (part >= ord("A")) & (part <= ord("Z")), (part >= ord("0")) & (part <= ord("9"))
        two = (part[:-4] == ord('"')) & capital[1:-3] & capital[2:-2]
        if (two & capital[3:-1] & digit[4:]).any():
            return 2**14
        if (two & digit[3:-1] & (part[1:-3] > ord("A"))).any():
            bound = 702
    return bound


def _sheet(content: bytes, book: Any, meta: Any, part: _Part, is_1904: bool) -> Sheet:
    hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
    facts: dict[str, Any] = {
        "is_1904": is_1904,
        "is_hidden": hidden,
        "hidden_rows": part.hidden_rows,
        "hidden_columns": part.hidden_columns,
    }
    name = redact(meta.name)  # names of sheets go on into findings
    if part.extent > DENSE_CELLS:
        rows, numbers = _sparse(content, meta.name)
        return Sheet(name, columns_of(rows), pa.array(numbers, pa.int64()), **facts)
    worksheet = book.get_sheet_by_name(meta.name)
    merged = tuple(
        Merge(top, left, bottom, right) for (top, left), (bottom, right) in worksheet.merged_cell_ranges or ()
    )
    typed = worksheet.to_python(skip_empty_area=False)
    height = len(typed)
    columns = [cells.column(column) for column in zip(*typed, strict=True)]
    del typed
    patches = {place: text for place, text in part.patches.items() if place[0] < height and place[1] < len(columns)}
    if merged or patches:
        texts = [column.to_pylist() for column in columns]
        rows = list(map(list, zip(*texts, strict=True)))
        for (at, column), text in patches.items():
            rows[at][column] = text
        cells.fill(rows, merged)
        columns = list(columns_of(rows))
    facts["hidden_rows"] = frozenset(number for number in part.hidden_rows if number <= height)
    return Sheet(name, tuple(columns), pa.array(np.arange(1, height + 1)), merged=merged, **facts)


def _sparse(content: bytes, name: str) -> tuple[list[Row], list[int]]:
    """The rows with a cell, and their numbers, of a sheet whose last cells lie far out."""
    import openpyxl  # 0.15 s, for few files

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = book[name]
    sheet.reset_dimensions()
    rows: list[Row] = []
    numbers: list[int] = []
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        filled = [at for at, cell in enumerate(row[: limits().columns]) if cell is not None]
        if filled:
            rows.append([_plain(cell) for cell in row[: filled[-1] + 1]])
            numbers.append(number)
    return rows, numbers


def _plain(cell: Any) -> str | None:
    known = isinstance(cell, str | float | int | bool | dt.date | dt.time | dt.timedelta | None)
    return cells.column([cell])[0].as_py() if known else str(cell)
