"""JSON → cell texts: an array of objects, an object that holds one, or one object per line."""

from __future__ import annotations

from typing import Any

import orjson

from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """One sheet of records, numbered from 1; the other members of an outer object become notes."""
    text = sniffed.text.lstrip("\ufeff")
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        value = _lines(text)
    records, notes = _records(value)
    keys = list(dict.fromkeys(key for record in records for key in record))
    rows: list[list[str | None]] = [[_text(record.get(key)) for key in keys] for record in records]
    sheet = Sheet(None, [list(keys), *rows], range(len(rows) + 1), is_records=True)
    return Opened("json", sniffed.encoding, (sheet,), notes)


def _lines(text: str) -> list[Any]:
    try:
        return [orjson.loads(line) for line in text.split("\n") if line.strip()]
    except (orjson.JSONDecodeError, RecursionError):
        raise Unreadable("damaged", "JSON 不完整或格式有误,无法解析,请重新导出。", "json") from None


def _records(value: Any) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The longest list of objects, searched one level at a time, and the plain members met on the way."""
    notes: list[str] = []
    while isinstance(value, dict):
        notes += [f"{key}:{_text(inner)}" for key, inner in value.items() if not isinstance(inner, dict | list)]
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        objects = [inner for inner in value.values() if isinstance(inner, dict)]
        value = max(lists, key=len) if lists else objects[0] if objects else [value]
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        raise Unreadable("no_table", "JSON 里没有由对象组成的列表,应为 [{…}, {…}] 或在某个键下给出这样的列表。", "json")
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
        return orjson.dumps(value).decode() if value else None
    return str(value)
