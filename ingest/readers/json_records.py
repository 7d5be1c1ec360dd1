"""JSON → cell texts: an array of objects, an object that holds such arrays, or one object per line.

Keys become headers; texts beside the records become notes. What these say of pages is `json_paging`. Ends at `Opened`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.limits import limits
from ingest.readers import json_paging
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed
from warehouse.vocabulary.privacy import redact

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_QUOTE = ord('"')
_STEPS = np.zeros(256, np.int8)
"""Byte → by how much it changes the depth."""
_STEPS[[*b"[{"]], _STEPS[[*b"]}"]] = 1, -1
_PACKED = re.compile(r"\s*[\[{]")
_ALIKE = 0.5
"""Lists whose first records share so many of their keys are parts of one table."""


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Sheets of records, numbered from 1 in each; the other members of an outer object become notes."""
    text = sniffed.text.lstrip("\ufeff")
    _refuse_deep(text)
    kind = "json"
    try:
        value = _parsed(text)
    except (ValueError, RecursionError):
        value, kind = _lines(text), "jsonl"
    listing = _records(_unpacked(value))
    count = sum(len(records) for _, records in listing.lists)
    remarks = json_paging.remarks(listing.members, count, listing.pages) if listing.pages else ()
    sheets = tuple(_sheet(name, records) for name, records in listing.lists)
    notes = tuple(f"{key}:{_text(inner)}" for key, inner in listing.members)
    return Opened(kind, sniffed.encoding, sheets, notes, remarks)


@dataclass
class _Listing:
    """The lists of records, each with its key where there are several; the plain members met on the way."""

    lists: list[tuple[str | None, list[dict[str, Any]]]]
    members: list[tuple[str, Any]]
    pages: int = 1  # none where the file is one record


def _sheet(name: str | None, records: Sequence[dict[str, Any]]) -> Sheet:
    keys = list(dict.fromkeys(chain.from_iterable(records)))
    if len(keys) > limits().columns:
        raise Unreadable("too_large", f"记录的键超过 {limits().columns} 个，请删去多余的键。", "json")
    return Sheet(
        redact(name) if name else None,
        tuple(_column(key, records) for key in keys),
        pa.array(np.arange(len(records) + 1)),
        is_records=True,
    )


def _column(key: str, records: Sequence[dict[str, Any]]) -> pa.StringArray:
    """The key, then what each record says under it; most columns are texts through and through."""
    cells = [key, *(record.get(key) for record in records)]
    try:
        texts = pa.array(cells, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([key, *map(_text, cells[1:])], pa.string())
    blank = pc.equal(texts, "")
    return pc.if_else(blank, None, texts) if pc.any(blank).as_py() else texts


def _refuse_deep(text: str) -> None:
    """Counts brackets outside strings only where there are enough to reach the limit."""
    most = limits().json_depth
    if text.count("[") + text.count("{") <= most:
        return
    if "\\" in text:
        text = text.replace("\\\\", "").replace('\\"', "")
    signs = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    signs = signs[(_STEPS[signs] != 0) | (signs == _QUOTE)]
    is_outside = np.cumsum(signs == _QUOTE) % 2 == 0
    if np.cumsum(_STEPS[signs[is_outside]]).max(initial=0) > most:
        raise Unreadable("too_large", f"JSON 嵌套超过 {most} 层，请改为由对象组成的列表。", "json")


def _lines(text: str) -> list[Any]:
    try:
        return [_parsed(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        raise Unreadable("damaged", "JSON 不完整或格式有误，无法解析，请重新导出。", "json") from None


def _parsed(text: str) -> Any:
    """Integers keep every digit, NaN stays a text. `ValueError` when it is no JSON or escapes half a character."""
    value = json.loads(text, parse_constant=str, parse_int=_whole, object_pairs_hook=_members)
    if _SURROGATE.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice is a second column of the same name, as 姓名(2), so that both are seen."""
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    times: Counter[str] = Counter()
    members = {}
    for key, value in pairs:
        times[key] += 1
        members[key if times[key] == 1 else f"{key}({times[key]})"] = value
    return members


def _unpacked(value: Any) -> Any:
    """JSON in a string, as of a system that packs its answer twice; every other text as it is."""
    for _ in range(2):
        if not isinstance(value, str) or not _PACKED.match(value):
            break
        _refuse_deep(value)
        try:
            value = _parsed(value)
        except (ValueError, RecursionError):
            break
    return value


def _records(value: Any) -> _Listing:
    """The lists of objects, searched one level at a time.

    The longest list counts, and beside it every other whose records look like its own, each under its key. Several
    pages of one answer are one list.
    """
    if isinstance(value, list) and (pages := json_paging.pages_of(value)):
        members = [member for page in value for member in _plain_members(page)]
        return _Listing([(None, [*chain.from_iterable(pages)])], members, len(pages))
    listing = _Listing([], [])
    while isinstance(value, dict):
        parts = {key: _unpacked(inner) for key, inner in value.items()}
        listing.members += [(key, inner) for key, inner in parts.items() if not isinstance(inner, dict | list)]
        lists = {key: inner for key, inner in parts.items() if isinstance(inner, list)}
        objects = [inner for inner in parts.values() if isinstance(inner, dict)]
        if lists:
            named = max(lists, key=lambda key: len(lists[key]))
            listing.lists = [(key, inner) for key, inner in lists.items() if _alike(inner, lists[named])]
            listing.members += [member for inner in objects for member in _plain_members(inner)]
            value = lists[named]
        elif objects:
            value = next(filter(_holds_records, objects), objects[0])
            listing.members += [member for inner in objects if inner is not value for member in _plain_members(inner)]
        else:
            value, listing.pages = [value], 0
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        raise Unreadable(
            "no_table", "JSON 里没有由对象组成的列表，应为 [{…}, {…}] 或在某个键下给出这样的列表。", "json"
        )
    if len(listing.lists) < 2:
        listing.lists = [(None, value)]
    return listing


def _holds_records(value: Any) -> bool:
    value = _unpacked(value)
    if isinstance(value, dict):
        return any(map(_holds_records, value.values()))
    return isinstance(value, list) and any(isinstance(record, dict) for record in value)


def _plain_members(value: Any) -> list[tuple[str, Any]]:
    """The members of an object, and of the objects in it, that are neither object nor list."""
    members: list[tuple[str, Any]] = []
    for key, inner in value.items() if isinstance(value, dict) else ():
        members += _plain_members(inner) if isinstance(inner, dict) else [(key, inner)] * (not isinstance(inner, list))
    return members


def _alike(records: list[Any], longest: list[Any]) -> bool:
    if not records or not longest or not all(isinstance(record, dict) for record in [*records, longest[0]]):
        return False
    names, theirs = set(records[0]), set(longest[0])
    return len(names & theirs) >= _ALIKE * len(names | theirs)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and not any(isinstance(inner, dict | list) for inner in value):
        return ";".join(filter(None, map(_text, value))) or None
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("$"):
        return _text(next(iter(value.values())))  # {"$date": …}, as MongoDB writes what JSON has no type for
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else None
    return str(value)
