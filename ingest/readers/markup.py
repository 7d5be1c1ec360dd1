"""XML from strangers, read without entities, document types or anything outside the bytes. Ends at elements."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from ingest.readers.sheet import Unreadable

_DANGER = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))

_TEXT_CONSTANT = re.compile(r'\s*(?:of:)?=?\s*"((?:[^"]|"")*)"\s*')


def refuse_entities(data: bytes, kind: str) -> None:
    """Spreadsheet programs write no document type; who does wants entities expanded or files fetched."""
    if any(danger in data for danger in _DANGER):
        raise Unreadable("damaged", "文件里有 XML 实体或文档类型声明，表格软件不会这样写，没有读取，请重新导出。", kind)


def elements(data: bytes, tags: tuple[str, ...], kind: str) -> Iterator[etree._Element]:
    """Each element of the given names (without namespace) when it ends; it is emptied after the caller had it."""
    refuse_entities(data, kind)
    parser = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=tuple(f"{{*}}{tag}" for tag in tags),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
    )
    for _, element in parser:
        yield element
        element.clear(keep_tail=False)
        while element.getprevious() is not None:
            del element.getparent()[0]


def text_constant(formula: str | None) -> str | None:
    """The text that a name stands for where it is defined as one, as ="…" or of:="…"; null for ranges and numbers."""
    match = _TEXT_CONSTANT.fullmatch(formula or "")
    return match[1].replace('""', '"') if match else None


def local(element: etree._Element) -> str:
    """The element's name without namespace."""
    return etree.QName(element).localname


def attributes(element: etree._Element) -> dict[str, str]:
    """The element's attributes by their names without namespace."""
    return {etree.QName(name).localname: str(value) for name, value in element.attrib.items()}
