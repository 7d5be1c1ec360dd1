"""Dates and times as people write them → dates and times. Strict: what is not surely a date is none."""

from __future__ import annotations

import datetime as dt
import re

_TIME_TAIL = r"(?:[T ]?\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_LONG = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})[日号]?" + _TIME_TAIL)
_SHORT = re.compile(r"(\d{2})([-/.年])(\d{1,2})([-/.月])(\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SPACES = re.compile(r"\s*([年月日号/.:-])\s*")
_EPOCH = dt.date(1899, 12, 30)
SERIALS = range(10_000, 60_001)
"""Excel's day numbers from 1927 (birth dates) to 2064: only these are read as dates."""
CENTURY_TURN = 30
"""Two-digit years below are 20xx, the others 19xx, as Excel reads them."""

_CLOCK = re.compile(r"(上午|下午|晚上|晚)?(\d{1,2})[:时点](?:(\d{1,2})(?:[:分](\d{1,2})?(?:\.\d+)?秒?)?)?")
_DATE_BEFORE_TIME = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[T ]")
_DAY_FRACTION = re.compile(r"0\.\d+")
_COMPACT_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


def date(text: str) -> dt.date | None:
    """2026-03-01, 2026.3.1, 2026/3/1, 2026年3月1日, 20260301, 26-3-1, a day number, each also with a time of day.

    An impossible date, a month alone or a range of dates is none.
    """
    text = text.strip()
    if " " in text:
        text = _SPACES.sub(r"\1", text)
    match = _LONG.fullmatch(text) or _SHORT.fullmatch(text)
    if match:
        if (match[2] == "年") != (match[4] == "月") or (match[2] != "年" and match[2] != match[4]):
            return None
        return _day(_year(match[1]), int(match[3]), int(match[5]))
    match = _COMPACT.fullmatch(text)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]))
    match = _SERIAL.fullmatch(text)
    if match and int(match[1]) in SERIALS:
        return _EPOCH + dt.timedelta(days=int(match[1]))
    return None


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) < CENTURY_TURN else 1900)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def time(text: str) -> str | None:
    """9:00, 09:00:00, 9时30分, 下午2:30, 0930, a fraction of a day, or a date with a time → HH:MM:SS."""
    text = text.strip()
    text = _SPACES.sub(r"\1", _DATE_BEFORE_TIME.sub("", text))
    if _DAY_FRACTION.fullmatch(text):
        return _clock(*_split(round(float(text) * 86_400)))
    match = _COMPACT_TIME.fullmatch(text)
    if match:
        return _clock(int(match[1]), int(match[2]), 0)
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    hour = int(match[2])
    if match[1] in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    return _clock(hour, int(match[3] or 0), int(match[4] or 0))


def _split(seconds: int) -> tuple[int, int, int]:
    return seconds // 3600, seconds // 60 % 60, seconds % 60


def _clock(hour: int, minute: int, second: int) -> str | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}"
