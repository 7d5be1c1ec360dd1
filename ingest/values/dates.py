"""Dates and times as people write them → dates and times. Strict: what is not surely a date is none."""

from __future__ import annotations

import datetime as dt
import re

from warehouse.vocabulary import clock

_TIME_TAIL = r"(?:[T ]?(?:上午|下午|晚上|晚)?\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_LONG = re.compile(r"(\d{4})([-/.年。、,\\ ])(\d{1,2})([-/.月。、,\\ ])(\d{1,2})[日号.]?" + _TIME_TAIL)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")
"""With a zone: 2026-01-04T16:00:00.000Z is the fifth in Shenzhen, as programs write a midnight of ours."""
_SHORT = re.compile(r"(\d{2})([-/.年])(\d{1,2})([-/.月])(\d{1,2})[日号]?")
_MONTH = re.compile(r"(?:19|20)\d{2}(?:[-/.年](?:0?[1-9]|1[0-2])月?份?|(?:0[1-9]|1[0-2]))")
_WEEKDAY = re.compile(r"[ (]*(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_HAN = re.compile(r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]")
_HAN_DIGITS = {
    char: str(digit)
    for digit, chars in enumerate(("〇零○", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_BETWEEN = re.compile(r"\s*(?:至|到|~|～|—+|–|--)\s*")
_TWO_IN_ONE = re.compile(
    r"(\d{4}[/.年]\d{1,2}[/.月]\d{1,2}日?)-(.+)|(\d{8})-(\d{8})|"
    r"(\d{4}-\d{1,2}-\d{1,2})\s*-\s*(\d{4}-\d{1,2}-\d{1,2})"
)
_REST = re.compile(r"(?:(\d{1,2})[-/.月])?(\d{1,2})[日号]?")
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
    text = _WEEKDAY.sub("", text.strip())
    if _MOMENT.fullmatch(text):
        return _day_of_moment(text)
    if " " in text:
        text = _SPACES.sub(r"\1", text)
    if "年" in text and (written := _HAN.fullmatch(text)):
        year = "".join(_HAN_DIGITS[char] for char in written[1])
        return _day(int(year), _han_number(written[2]), _han_number(written[3]))
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


def _day_of_moment(text: str) -> dt.date | None:
    try:
        return clock.day_of(dt.datetime.fromisoformat(text))
    except ValueError:
        return None


def span(text: str) -> tuple[dt.date, dt.date] | None:
    """2025.3.1-2025.3.15, 2025年3月1日至15日, 2026-03-01~03-15 → first and last day; none where they are not two."""
    text = text.strip()
    halves = _BETWEEN.split(text)
    if len(halves) != 2:
        match = _TWO_IN_ONE.fullmatch(text)
        halves = [half for half in match.groups() if half] if match else []
    if len(halves) != 2:
        return None
    first = date(halves[0])
    last = first and (date(halves[1]) or _rest(halves[1], first))
    return (first, last) if first and last and first <= last else None


def _rest(text: str, first: dt.date) -> dt.date | None:
    """The end of a span that leaves out the year, or year and month, of its beginning."""
    match = _REST.fullmatch(text.strip())
    return _day(first.year, int(match[1] or first.month), int(match[2])) if match else None


def is_month(text: str) -> bool:
    """2026年3月, 2026-03, 2026.3, 202603: a month and no day."""
    return bool(_MONTH.fullmatch(text.replace(" ", "")))


def _han_number(text: str) -> int:
    """三, 十, 十二, 二十, 二十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_HAN_DIGITS[char] for char in text))
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


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
