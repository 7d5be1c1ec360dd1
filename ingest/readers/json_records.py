"""JSON → cell texts: an array of objects, an object that holds one, or one object per line."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pyarrow as pa

from ingest.readers.sheet import Opened, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """One sheet of records, numbered from 1; the other members of an outer object become notes."""
    text = sniffed.text.lstrip("\ufeff")
    try:
        value = _parsed(text)
    except (ValueError, RecursionError):
        value = _lines(text)
    records, notes = _records(value)
    keys = list(dict.fromkeys(key for record in records for key in record))
    rows: list[list[str | None]] = [[_text(record.get(key)) for key in keys] for record in records]
    sheet = Sheet(None, columns_of([list(keys), *rows]), pa.array(range(len(rows) + 1), pa.int64()), is_records=True)
    return Opened("json", sniffed.encoding, (sheet,), notes)


def _lines(text: str) -> list[Any]:
    try:
        return [_parsed(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        raise Unreadable("damaged", "JSON 不完整或格式有误，无法解析，请重新导出。", "json") from None


def _parsed(text: str) -> Any:
    """Integers keep every digit, NaN stays a text. `ValueError` when it is no JSON or escapes half a character."""
    value = json.loads(text, parse_constant=str, object_pairs_hook=_members)
    if _SURROGATE.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


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


def _records(value: Any) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The longest list of objects, searched one level at a time, and the plain members met on the way."""
    notes: list[str] = []
    while isinstance(value, dict):
        notes += [f"{key}:{_text(inner)}" for key, inner in value.items() if not isinstance(inner, dict | list)]
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        objects = [inner for inner in value.values() if isinstance(inner, dict)]
        value = max(lists, key=len) if lists else objects[0] if objects else [value]
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        raise Unreadable(
            "no_table", "JSON 里没有由对象组成的列表，应为 [{…}, {…}] 或在某个键下给出这样的列表。", "json")
    return value, tuple(notes)


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
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else None
    return str(value)
